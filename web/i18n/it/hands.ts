import type { Messages } from "../en.ts"
import { counting } from "../plural.ts"

const count = counting("it")

export const hands = {
  raise: "Alza la mano",
  lower: "Abbassa la mano",
  yours: "La tua mano è alzata",
  title: "Mani alzate",
  raised: (n: number) => count(n, { one: "# mano alzata", other: "# mani alzate" }),
  since: (time: string) => `dalle ${time}`,
  invite: "Invita sul palco",
  invited: "Invito mandato, ancora nessuna risposta",
  all: (n: number) => count(n, { one: "Mostra # altra", other: "Mostra altre #" }),
  comeTitle: (name: string) => `${name} ti invita a parlare`,
  comeText: (n: number) =>
    count(n, {
      one: "La tua voce si sentirebbe da # persona. Ora il browser chiede il microfono, e resti muto finché non lo riattivi.",
      other:
        "La tua voce si sentirebbe da # persone. Ora il browser chiede il microfono, e resti muto finché non lo riattivi.",
    }),
  come: "Sali sul palco",
  notNow: "Non ora",
  ready: "Sei sul palco, ancora muto: riattiva il microfono quando vuoi parlare.",
  mutedBy: (name: string) => `${name} ti ha chiesto di fare silenzio. Puoi riattivarti quando tocca a te.`,
  micOff: "Chiedi silenzio",
  hearOnly: "Chi ascolta appare qui quando alza la mano.",
} satisfies Messages["hands"]

export const names = {
  label: "Come ti chiamiamo?",
  hint: "Può restare vuoto: allora un nome inventato sta per te. Lo vede chi è dentro, nessun server.",
  change: "Cambia nome",
  title: "Il tuo nome qui",
  save: "Usa questo nome",
  also: (name: string) => `posto ${name}`,
} satisfies Messages["names"]
