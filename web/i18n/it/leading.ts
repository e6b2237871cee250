import type { Messages } from "../en.ts"
import { counting } from "../plural.ts"

const count = counting("it")

export const knocks = {
  title: "Chiede di entrare",
  waiting: (n: number) => count(n, { one: "# persona chiede di entrare", other: "# persone chiedono di entrare" }),
  invitedAs: "invito per",
  letIn: "Fai entrare",
  notNow: "Non ora",
  answered: "La tua risposta è in viaggio.",
  hint: "Fatti dire le parole per un’altra via: la persona giusta vede le stesse quattro.",
  all: (n: number) => count(n, { one: "Mostra # altra", other: "Mostra altre #" }),
  tell: (host: string) => `Di’ queste parole a ${host}`,
  tellSomebody: "Di’ queste parole a chi ospita",
  tellHint:
    "Distinguono la tua richiesta da ogni altra. Entri appena qualcuno dice di sì. Lascia aperta questa pagina.",
} satisfies Messages["knocks"]

export const leading = {
  other: (name: string) => `${name} guida mentre chi ospita non c’è.`,
  me: "Guidi tu mentre chi ospita non c’è.",
  back: (name: string) => `Sei di nuovo qui. In questo momento guida ${name}.`,
  retake: "Torna a guidare",
  leadsOn: (name: string) => `Esci, continua ${name}`,
  leaveTitle: "Uscire o chiudere lo spazio?",
  leaveText:
    "Se esci, lo spazio continua senza di te, e puoi tornare a guidarlo. Se lo chiudi, tutti escono, i link smettono di funzionare e il server cancella quello che ha conservato: non si può annullare.",
  endForAll: "Chiudi per tutti",
  lastText: "Nessun altro può guidare qui: poco dopo che esci lo spazio tace.",
  left: "Sei uscito. Lo spazio continua senza di te, e puoi tornare a guidarlo.",
  comeBack: "Torna dentro",
} satisfies Messages["leading"]

export const spaceKinds = {
  legend: "Chi può entrare",
  invited: { title: "Su invito", text: "Entra soltanto chi ha un tuo link." },
  sealed: { title: "Su invito, uno per uno", text: "Chi ha un link bussa, e aspetta finché non dici di sì." },
  open: { title: "Aperto", text: "Chiunque abbia il link può entrare e ascoltare, anche chi non conosci." },
  cardSealed: "Dopo il tuo tocco qualcuno dentro deve dire di sì.",
  cardOpen: "Questo spazio è aperto: chiunque abbia il link può prendere un posto.",
} satisfies Messages["spaceKinds"]
