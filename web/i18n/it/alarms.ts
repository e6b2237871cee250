import type { Messages } from "../en.ts"
import { counting } from "../plural.ts"

const count = counting("it")

export const alarms = {
  title: "Avvisi",
  open: (n: number) => count(n, { one: "# avviso", other: "# avvisi" }),
  more: "Che cosa fare",
  hide: "Ho capito",
  soundGoesOn: "L’audio continua. Decidi tu se restare.",
  somebody: "Qualcuno sul palco",
  now: "in corso",
  over: "finito",
  todo: "Che cosa fare",
  proof:
    "Due decisioni firmate che si contraddicono sono state conservate. Il file non contiene segreti: altri possono verificarlo.",
  saveProof: "Salva la prova",
  kinds: {
    fork: {
      title: "Due versioni di questo spazio",
      meaning: () => "Alle persone in questo spazio vengono mostrate storie diverse.",
      todo: "Confrontate il codice di sicurezza con chi conoscete. Se è diverso, uscite e trovatevi in un nuovo spazio con nuovi link.",
    },
    "strange-head": {
      title: "Una decisione che non ti è stata mostrata",
      meaning: (who) => `${who} segue una decisione mai arrivata su questo dispositivo.`,
      todo: "Chiedi che cosa è cambiato, e confrontate il codice di sicurezza.",
    },
    "host-key-twice": {
      title: "La chiave di chi ospita è usata due volte",
      meaning: () =>
        "Due regole che si contraddicono portano la firma di chi ospita: forse qualcun altro ha la sua chiave.",
      todo: "Non dire nulla di riservato. Chi ospita dovrebbe chiudere lo spazio e farne uno nuovo.",
    },
    "admitted-without-invite": {
      title: "È entrato qualcuno senza invito",
      meaning: () => "Chi guida ha dato un posto a qualcuno che nessun invito ammette.",
      todo: "Chiedi chi è prima di continuare.",
    },
    "wrong-secret": {
      title: "È stata distribuita una chiave sbagliata",
      meaning: () => "La chiave data a questo dispositivo non è quella promessa a tutti, perciò non è stata usata.",
      todo: "Esci e rientra. Se succede ancora, dillo a chi ospita.",
    },
    "led-too-soon": {
      title: "Qualcuno ha preso la guida troppo presto",
      meaning: (who) =>
        `${who} ora guida, anche se chi guidava prima non mancava da abbastanza tempo: il servizio delle chiavi l’ha aiutato.`,
      todo: "Chiedi a chi ospita e ai co-ospiti se ci sono ancora: possono riprendere subito la guida.",
    },
    withheld: {
      title: "Una decisione viene trattenuta",
      meaning: () => "Il servizio delle chiavi non ha passato una decisione presa qui, forse che qualcuno va rimosso.",
      todo: "Non dire nulla di riservato finché non è finita.",
    },
  },
} satisfies Messages["alarms"]
