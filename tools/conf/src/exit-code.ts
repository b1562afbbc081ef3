/** What the command says to a script. */
export const EXIT = { clean: 0, findings: 1, misuse: 2 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
