import type { Messages } from "../en.ts"

export const safety = {
  title: "Codice di sicurezza",
  text: "Leggetelo l’uno all’altro: se tutti vedete le stesse parole o le stesse cifre, siete nella stessa stanza con le stesse persone, e nessuno sta nel mezzo.",
  words: "Parole",
  digits: "Cifre",
  none: "Il codice appare appena hai un posto.",
  changes: "Cambia mentre la gente entra ed esce: confrontatelo nello stesso momento.",
  explain: "Come funziona il codice",
  sections: [
    {
      title: "Che cosa comprende",
      points: [
        "Tutto quello che è successo finora in questo spazio.",
        "Chi è sul palco, e chi guida.",
        "Ogni posto, anche quelli di chi ascolta e non vedi.",
        "Le chiavi: chi ne ha ricevute altre ha un altro codice.",
      ],
    },
    {
      title: "Come confrontarlo",
      points: [
        "Una persona di cui conosci la voce legge le parole, e gli altri seguono sul proprio schermo.",
        "Oppure mandatevi le cifre fuori da questa pagina, nello stesso minuto.",
      ],
    },
    {
      title: "Quando cambia",
      points: ["Per tutti insieme, circa ogni 80 secondi, e prima se qualcuno entra o esce."],
    },
    {
      title: "Che cosa vuol dire una differenza",
      points: [
        "Prima confrontate di nuovo: forse uno di voi vedeva già il codice seguente.",
        "Se è ancora diverso, vi vengono mostrate stanze diverse. Non dite nulla di riservato, uscite e trovatevi in un nuovo spazio con nuovi link.",
      ],
    },
    {
      title: "Che cosa non può mostrare",
      points: [
        "Che nessuno dentro registri, e chi sia qualcuno: dice che la stanza è la stessa per tutti, non di chi fidarsi.",
      ],
    },
  ],
} satisfies Messages["safety"]
