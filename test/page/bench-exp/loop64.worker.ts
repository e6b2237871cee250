import { serve } from "./exp.ts"
serve("loop64")
