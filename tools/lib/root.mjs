import { homedir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

/** The folder that holds package.json, absolute. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** What is costly to make and safe to delete lives here: outside the clone, so that a fresh clone finds it again. */
export const cacheFolder = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "sottovoce")
