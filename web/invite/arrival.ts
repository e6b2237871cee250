import { readArrival } from "./invite-link.ts"

/** The address this page was opened with; loading this file is what takes the secret out of the address bar. */
export const arrival = readArrival(location, history)
