import { encode } from "uqr"

/** A QR code as one SVG path in a square of `size` modules, quiet zone included. */
export interface QrPath {
  readonly size: number
  readonly path: string
}

/** Draws a text as a QR code (ISO/IEC 18004, level M, four modules of quiet zone), one rectangle a run of dark modules. */
export function qrPath(text: string): QrPath {
  const { size, data } = encode(text, { ecc: "M", border: 4 })
  let path = ""
  data.forEach((row, y) => {
    for (let x = 0; x < size;) {
      let end = x
      while (end < size && row[end] === true) end++
      if (end > x) path += `M${String(x)} ${String(y)}h${String(end - x)}v1h-${String(end - x)}z`
      x = end + 1
    }
  })
  return { size, path }
}
