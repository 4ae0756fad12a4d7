"""
Exports a tiny CLIP of random weights: image.onnx and text.onnx, beside tokenizer.json and pixels (uint8 [n, 8, 8, 3]) of the
folder. Prints the softmax that transformers computes. Arguments: folder, templates, words of each class, scale.
"""
import json
import sys

import torch
from transformers import CLIPConfig, CLIPModel, PreTrainedTokenizerFast

folder, templates, words = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
torch.manual_seed(0)
tokenizer = PreTrainedTokenizerFast(tokenizer_file=folder + "/tokenizer.json", pad_token="<|endoftext|>")
end = tokenizer.convert_tokens_to_ids("<|endoftext|>")
text = dict(vocab_size=len(tokenizer), hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
            max_position_embeddings=16, projection_dim=8, bos_token_id=end - 1, eos_token_id=end)
vision = dict(hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2, image_size=8, patch_size=4,
              projection_dim=8)
model = CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=8, attn_implementation="eager")).eval()

# transformers 5 gives the projected vectors as one of several outputs.
vectors = lambda features: getattr(features, "pooler_output", features)

class Text(torch.nn.Module):
    def forward(self, input_ids, attention_mask):
        return vectors(model.get_text_features(input_ids=input_ids, attention_mask=attention_mask))

class Image(torch.nn.Module):
    def forward(self, pixel_values):
        return vectors(model.get_image_features(pixel_values=pixel_values))

encode = lambda prompts: tokenizer(prompts, padding="max_length", max_length=16, return_tensors="pt")
tokens = encode(["a cat", "a dog."])
pixels = torch.frombuffer(bytearray(open(folder + "/pixels", "rb").read()), dtype=torch.uint8).reshape(-1, 8, 8, 3)
mean, std = torch.tensor([0.48145466, 0.4578275, 0.40821073]), torch.tensor([0.26862954, 0.26130258, 0.27577711])
images = ((pixels / 255 - mean) / std).permute(0, 3, 1, 2).contiguous()
batch = lambda name: {name: {0: "batch"}}
torch.onnx.export(Text(), (tokens.input_ids, tokens.attention_mask), folder + "/text.onnx", dynamo=True, opset_version=18,
                  external_data=False, verbose=False, input_names=["input_ids", "attention_mask"], output_names=["text_embeds"],
                  dynamic_axes=batch("input_ids") | batch("attention_mask") | batch("text_embeds"))
torch.onnx.export(Image(), (images[:2],), folder + "/image.onnx", dynamo=True, opset_version=18, external_data=False, verbose=False, input_names=["pixel_values"],
                  output_names=["image_embeds"], dynamic_axes=batch("pixel_values") | batch("image_embeds"))
with torch.no_grad():
    classes = []
    for each in words:
        prompts = encode([template.replace("{class}", word) for template in templates for word in each])
        features = vectors(model.get_text_features(**{k: prompts[k] for k in ("input_ids", "attention_mask")}))
        mean_vector = torch.nn.functional.normalize(features, dim=-1).mean(0)
        classes.append(mean_vector / mean_vector.norm())
    features = torch.nn.functional.normalize(vectors(model.get_image_features(pixel_values=images)), dim=-1)
    print(json.dumps((float(sys.argv[4]) * features @ torch.stack(classes).T).softmax(-1).flatten().tolist()))
