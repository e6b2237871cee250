/** How loud our own source is: not every browser tells it in its statistics. */
export interface Meter {
  watch(track: MediaStreamTrack | undefined): void
  /** Root mean square of the last 20 ms or so, 0…1; 0 when nothing is watched or the context does not run. */
  level(): number
}

export function createMeter(context: AudioContext): Meter {
  const analyser = new AnalyserNode(context, { fftSize: 1024 })
  const samples = new Float32Array(analyser.fftSize)
  let source: MediaStreamAudioSourceNode | undefined
  return {
    watch(track) {
      source?.disconnect()
      source = track && new MediaStreamAudioSourceNode(context, { mediaStream: new MediaStream([track]) })
      source?.connect(analyser)
    },
    level() {
      if (source === undefined || context.state !== "running") return 0
      analyser.getFloatTimeDomainData(samples)
      let sum = 0
      for (const sample of samples) sum += sample * sample
      return Math.sqrt(sum / samples.length)
    },
  }
}
