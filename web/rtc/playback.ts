/** The ears: a track is heard only once the media worker opened one of its frames. */
export interface Playback {
  /** To be called inside a tap: iOS lets only players made and started in a tap play later on. */
  prepare(): void
  /** To be called inside a tap, after the browser refused to play. */
  play(): Promise<void>
  add(id: string, track: MediaStreamTrack): void
  remove(id: string): void
  /** The worker opened a frame of this transform. */
  authentic(id: string): void
  stop(): void
}

/** As many voices at once as a room has places on air. */
const players = 16

interface Remote {
  readonly track: MediaStreamTrack
  player: HTMLAudioElement | undefined
}

export function createPlayback(silence: MediaStreamTrack, blocked: (blocked: boolean) => void): Playback {
  const idle: HTMLAudioElement[] = []
  const remotes = new Map<string, Remote>()
  let made = 0
  let isBlocked = false

  function tell(now: boolean): void {
    if (now === isBlocked) return
    isBlocked = now
    blocked(now)
  }

  function makePlayer(): HTMLAudioElement {
    made++
    const player = document.createElement("audio")
    player.autoplay = true
    player.hidden = true
    document.body.append(player)
    return player
  }

  async function start(player: HTMLAudioElement): Promise<boolean> {
    try {
      await player.play()
      return true
    } catch (error) {
      // AbortError: another source came meanwhile, and plays
      return !(error instanceof DOMException && error.name === "NotAllowedError")
    }
  }

  /** Having played once in a tap, it may play later on; until then it costs nothing. */
  async function unlock(player: HTMLAudioElement): Promise<void> {
    player.srcObject = new MediaStream([silence])
    await start(player)
    if (idle.includes(player)) player.srcObject = null
  }

  function takePlayer(): HTMLAudioElement | undefined {
    return idle.pop() ?? (made < players ? makePlayer() : undefined)
  }

  async function attach(remote: Remote): Promise<void> {
    remote.player ??= takePlayer()
    const player = remote.player
    if (player === undefined) return
    player.srcObject = new MediaStream([remote.track])
    tell(!(await start(player)))
  }

  function release(remote: Remote): void {
    if (remote.player === undefined) return
    remote.player.srcObject = null
    idle.push(remote.player)
    remote.player = undefined
  }

  return {
    prepare() {
      while (made < players) {
        const player = makePlayer()
        idle.push(player)
        void unlock(player)
      }
    },
    async play() {
      const playing = [...remotes.values()].flatMap(({ player }) => player ?? [])
      const started = await Promise.all(playing.map(start))
      tell(started.includes(false))
    },
    add(id, track) {
      const before = remotes.get(id)
      if (before !== undefined) release(before)
      remotes.set(id, { track, player: undefined })
    },
    remove(id) {
      const remote = remotes.get(id)
      remotes.delete(id)
      if (remote !== undefined) release(remote)
    },
    authentic(id) {
      const remote = remotes.get(id)
      if (remote !== undefined && remote.player === undefined) void attach(remote)
    },
    stop() {
      for (const remote of remotes.values()) release(remote)
      remotes.clear()
    },
  }
}
