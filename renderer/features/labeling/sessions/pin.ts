/** Whether a PIN may be set: 4 to 12 digits. */
export const isPin = (text: string): boolean => /^\d{4,12}$/.test(text);
