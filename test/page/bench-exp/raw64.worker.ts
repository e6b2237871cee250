import { serveRaw } from "./exp.ts"
serveRaw(64, true)
