/** Why there is no microphone. */
export type MicrophoneErrorCode = "microphone-denied" | "no-microphone"

/** Callers test `code`. */
export class MicrophoneError extends Error {
  readonly code: MicrophoneErrorCode
  constructor(code: MicrophoneErrorCode) {
    super(`There is no microphone: ${code}.`)
    this.name = "MicrophoneError"
    this.code = code
  }
}

/**
 * Asks the browser for the microphone: mono, with echo cancellation. To be called inside a tap.
 * @throws MicrophoneError
 */
export async function openMicrophone(): Promise<MediaStreamTrack> {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({
      video: false,
      audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    })
    const [track] = stream.getAudioTracks()
    if (track !== undefined) return track
  } catch (error) {
    throw new MicrophoneError(isDenial(error) ? "microphone-denied" : "no-microphone")
  }
  throw new MicrophoneError("no-microphone")
}

// SecurityError: the document may not ask at all (a policy, no secure context)
function isDenial(error: unknown): boolean {
  return error instanceof DOMException && (error.name === "NotAllowedError" || error.name === "SecurityError")
}
