import { serve } from "./exp.ts"
serve("transform")
