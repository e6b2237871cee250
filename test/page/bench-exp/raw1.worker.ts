import { serveRaw } from "./exp.ts"
serveRaw(1, true)
