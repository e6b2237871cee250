import type { MediaToPage, PageToMedia, TransformOptions } from "./messages.ts"

/** One encoded packet on its way (RTCEncodedAudioFrame). Its buffer is detached once it was passed on. */
export interface EncodedFrame {
  data: ArrayBuffer
}

/** The worker's end of one RTCRtpScriptTransform (RTCRtpScriptTransformer). */
export interface Transformer {
  readonly readable: ReadableStream<EncodedFrame>
  readonly writable: WritableStream<EncodedFrame>
  readonly options: TransformOptions
}

/** The part of DedicatedWorkerGlobalScope used here: the page's code is compiled with the window's types. */
export interface MediaScope {
  onmessage: ((event: MessageEvent<PageToMedia>) => void) | null
  onrtctransform: ((event: { readonly transformer: Transformer }) => void) | null
  postMessage(message: MediaToPage): void
}
