export { responseKinds, type ResponseKind } from './responses.ts';
export {
  anchorDesignFacts,
  anchorDesignSchema,
  anchorIdPattern,
  anchorRuleFacts,
  disagreedChoiceSchema,
  disagreementSchema,
  kindsOfLabels,
  stimulusSources,
  testImageProvenanceSchema,
  type AnchorDesign,
  type AnchorRule,
  type AnchorSpec,
  type DisagreedChoice,
  type Disagreement,
  type PairDesign,
  type TestImageChoice,
} from './stimuli.ts';
