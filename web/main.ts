// This import stays first: it takes the invite secret out of the address bar before anything is drawn or asked for.
import { arrival } from "./invite/arrival.ts"
import { mount } from "svelte"
import App from "./App.svelte"
import type { Session } from "./room/session.ts"
import "./ui/tokens.css"
import "./ui/base.css"

// The workers and the media client weigh more than the page itself: they load while the person reads.
async function openSession(): Promise<Session> {
  const { LiveSession } = await import("./room/live-session.ts")
  return new LiveSession(location.origin)
}

const target = document.getElementById("app")
if (target !== null) mount(App, { target, props: { arrival, openSession } })
