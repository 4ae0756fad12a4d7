"""
Makes the Parquet files of this folder, which the tests read: `pip install pyarrow==26.0.1`, then `python make.py`.
`values` has every type that is read, in two row groups, and rows without values; `answers` and `list` what two models answered
about the sample study's images, by the formula of tests/contributions/outside/parquet-answers.test.ts.
"""
import datetime
import decimal
import pathlib

import numpy
import pyarrow
from pyarrow import parquet

folder = pathlib.Path(__file__).parent


def write(name, columns, **options):
    options = {"compression": "snappy", "write_statistics": name == "values", "store_schema": False, **options}
    parquet.write_table(pyarrow.table(columns), folder / f"{name}.parquet", **options)


day = datetime.date(2026, 11, 28)
time = datetime.datetime(2026, 11, 28, 21, 30, 5)
write("values", {
    "image": pyarrow.array([1, 2, 3, 4, 5], pyarrow.int64()),
    "label": pyarrow.array(["cat", None, "déjà, vu", "", "cat"]),
    "model": pyarrow.array(["a", "b", None, "a", "a"]).dictionary_encode(),
    "float": pyarrow.array([0.1, None, 1, 1e-7, float("nan")], pyarrow.float32()),
    "double": pyarrow.array([0.1, 1e300, None, -0.5, 3], pyarrow.float64()),
    "half": pyarrow.array(numpy.array([0.5, 1, 0.25, 0, 2], numpy.float16)),
    "byte": pyarrow.array([-128, 127, 0, None, 1], pyarrow.int8()),
    "large": pyarrow.array([2**64 - 1, 0, 1, 2, None], pyarrow.uint64()),
    "truth": pyarrow.array([True, False, None, True, True]),
    "day": pyarrow.array([day, None, day, day, day]),
    "time": pyarrow.array([time, None, time, time, time], pyarrow.timestamp("us")),
    "price": pyarrow.array([decimal.Decimal("0.05"), None] + 3 * [decimal.Decimal("-1.50")]),
    "bytes": pyarrow.array([b"cat", None, b"", b"dog", b"x"]),
    "none": pyarrow.nulls(5),
}, row_group_size=3)

small = {"image": pyarrow.array(range(200)), "label": [["cat", "dog"][i % 2] for i in range(200)],
         "p": pyarrow.array([i / 200 for i in range(200)])}
for compression in ["none", "gzip", "brotli", "zstd", "lz4"]:
    write(compression, small, compression=compression)
write("pages", small, data_page_version="2.0", data_page_size=256, write_batch_size=16, use_dictionary=["label"],
      column_encoding={"image": "DELTA_BINARY_PACKED", "p": "BYTE_STREAM_SPLIT"})
write("lengths", small, use_dictionary=False, column_encoding={"label": "DELTA_LENGTH_BYTE_ARRAY"})
write("prefixes", small, use_dictionary=False, column_encoding={"label": "DELTA_BYTE_ARRAY"})

write("ragged", {"image": [0, 1, 2, 3], "p": pyarrow.array([[0.5, 0.5], [1.0], [0.2, 0.3, 0.5], [0.5, 0.5]])})
write("texts", {"image": [0], "words": [["a", "b"]]})
write("struct", {"image": [{"path": "a.png", "bytes": b"x"}], "label": ["cat"]})
write("map", {"image": [0], "p": pyarrow.array([[("cat", 1.0)]], pyarrow.map_(pyarrow.string(), pyarrow.float32()))})

images, classes, models = 165, 10, 2
shares = numpy.array([[[1 + (7 * image + 3 * k + model) % 5 for k in range(classes)] for image in range(images)]
                      for model in range(models)], numpy.float32)
softmax = (shares / shares.sum(2, keepdims=True)).reshape(-1, classes)
names = pyarrow.array([f"net {model}" for model in range(models) for _ in range(images)]).dictionary_encode()
files = [f"img_{image}.png" for _ in range(models) for image in range(images)]
write("answers", {"model": names, "file": files, **{f"p{k}": softmax[:, k] for k in range(classes)}}, row_group_size=100)
write("list", {"model": names, "file": files, "softmax": pyarrow.array(list(softmax))})
