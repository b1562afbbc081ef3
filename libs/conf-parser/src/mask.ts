/** Stands for a secret wherever one was. */
export const MASK = '********';
