/** Questions that Results answers, in order: its tabs. Each view answers one of them. */
export const resultQuestions = [
  { id: 'who', name: 'Who disagrees' },
  { id: 'where', name: 'Where on the way' },
  { id: 'sure', name: 'How sure' },
  { id: 'with', name: 'Who with whom' },
  { id: 'cause', name: 'What causes it' },
  { id: 'learned', name: 'What is learned' },
] as const;
export type ResultQuestion = (typeof resultQuestions)[number]['id'];
