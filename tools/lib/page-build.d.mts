/** The built page (dist/web), absolute: the value of SOTTOVOCE_PAGE. */
export const pageFolder: string

/** Builds web/ into dist/web unless its sources are unchanged. */
export function ensurePage(): Promise<void>
