/** The options of a command line, and the types of what is given for them. */
export interface Option {
  about: string;
  /** Name of its value in capitals; without it the option is a switch. */
  value?: string;
  short?: string;
  /** May be given several times. */
  multiple?: true;
  offers?: 'file' | readonly string[];
}
export type Options = Readonly<Record<string, Option>>;

/** What was given for each option: a text, a list of texts, or whether the switch is there. */
export type Values<O extends Options> = {
  [K in keyof O]: O[K] extends { value: string }
    ? O[K] extends { multiple: true }
      ? readonly string[]
      : string | undefined
    : boolean;
};

/** What every command takes. */
export const globalOptions = {
  server: { value: 'URL', about: 'The server; else PARLEY_SERVER, else the one signed in to last.' },
  profile: {
    value: 'DIR',
    about: 'Folder of the account and its sessions; else PARLEY_PROFILE, else ~/.config/parley.',
    offers: 'file',
  },
  json: { about: 'Writes JSON, one object a line.' },
  timeout: { value: 'TIME', about: 'How long to wait for the server, as 30s (the default) or 5m.' },
  help: { short: 'h', about: 'Shows help.' },
} as const satisfies Options;
