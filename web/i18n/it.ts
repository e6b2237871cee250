import type { Messages } from "./en.ts"
import { alarms } from "./it/alarms.ts"
import { hands, names } from "./it/hands.ts"
import { knocks, leading, spaceKinds } from "./it/leading.ts"
import { safety } from "./it/safety.ts"
import { counting } from "./plural.ts"

const count = counting("it")

/** The texts of the page in Italian. */
export const it = {
  app: {
    language: "Lingua",
    home: "Pagina iniziale",
    close: "Chiudi",
    cancel: "Annulla",
    copy: "Copia",
    copied: "Copiato",
    more: "Altro",
  },

  home: {
    headline: "Parla, e ti sente solo chi vuoi tu",
    what: "Stanze audio dal vivo nel browser: la voce viene sigillata sul dispositivo di chi parla e aperta su quello di chi ascolta, e ogni server nel mezzo trasporta byte che non può leggere.",
    newSpace: "Nuovo spazio",
    title: "Di che cosa si parla?",
    titleExample: "Circolo di lettura della domenica",
    titleMissing: "Dai un titolo allo spazio.",
    name: "Il tuo nome",
    nameExample: "Ana",
    nameHint: "I tuoi ospiti lo vedono sull’invito. Nessun server può leggerlo.",
    nameMissing: "Scrivi come ti chiameranno gli ospiti.",
    create: "Crea lo spazio",
    creating: "Creo le chiavi…",
    points: [
      { title: "Niente account, niente app", text: "Un link apre la stanza in qualsiasi browser aggiornato." },
      { title: "Sempre cifrato", text: "Non c’è un interruttore che lo spenga, e nessun server ha una chiave." },
      {
        title: "Chiaro sui suoi limiti",
        text: "Chi è nella stanza può registrarla. I server vedono gli indirizzi di rete e quanti posti ci sono.",
      },
    ],
  },

  card: {
    hostedBy: "Ospita",
    language: "Lingua parlata",
    hostHere: "Chi ospita è presente",
    hostAway: "Chi ospita non è ancora arrivato",
    seats: (n: number) => count(n, { one: "# persona dentro", other: "# persone dentro" }),
    whoCanHear:
      "Sente soltanto chi ha un posto. I server trasportano suono sigillato; chi è dentro potrebbe registrare.",
    listen: "Ascolta",
    joinStage: "Sali sul palco",
    openRoom: "Apri la stanza",
    asListener: "Entri per ascoltare. Il microfono non viene chiesto.",
    asSpeaker: "Entri per parlare. Il microfono resta spento finché non lo accendi.",
    asHost: "Questo spazio è tuo. Il microfono resta spento finché non lo accendi.",
  },

  waiting: {
    opening: "Apro lo spazio…",
    openingHint: "L’invito si apre su questo dispositivo.",
    forHost: (host: string) => `In attesa di ${host}`,
    forSomebody: "In attesa di chi ospita",
    forHostHint: "Entrerai da solo appena arriva chi ospita. Lascia aperta questa pagina.",
    away: "Il servizio delle chiavi non risponde ancora: riprovo.",
    stop: "Non aspettare più",
    joining: "Stai entrando…",
    steps: { card: "Invito aperto", seat: "Chiedo un posto e la sua chiave", sound: "Audio" },
  },

  room: {
    stage: "Palco",
    audience: "Pubblico",
    audienceCount: (n: number) =>
      n === 0
        ? "Nel pubblico non c’è ancora nessuno"
        : count(n, { one: "# persona ascolta", other: "# persone ascoltano" }),
    counted: (n: number) =>
      count(n, { one: "# posto, contato nell’Head firmato", other: "# posti, contati nell’Head firmato" }),
    onlySeatsHear: (n: number) => count(n, { one: "Sente solo questo # posto", other: "Sentono solo questi # posti" }),
    youAppearAs: "Ti vedono come",
    you: "tu",
    speaking: "parla",
    quiet: "in silenzio",
    muted: "microfono muto",
    invite: "Invita",
    inviteFirst: "Invita i primi ospiti",
    people: "Persone",
    leave: "Esci",
    leaveTitle: "Uscire dallo spazio?",
    leaveText: "Questo dispositivo dimentica le chiavi. Per rientrare serve di nuovo il link d’invito.",
    endSpace: "Chiudi lo spazio",
    endTitle: "Chiudere lo spazio per tutti?",
    endText:
      "Tutti escono, i link smettono di funzionare e il server cancella quello che ha conservato. Non si può annullare.",
    verify: "Codice di sicurezza",
    promotedTitle: "Ora sei sul palco. Il microfono resta spento finché non lo accendi.",
  },

  trust: {
    doubtful: {
      state: "non verificato",
      notice: (name: string) =>
        `Non si riesce a controllare se a parlare è davvero ${name}. Finché è così, la voce di ${name} non si sente.`,
    },
    tampered: {
      state: "non autentico, non si sente",
      notice: (name: string) =>
        `Qualcuno manomette quello che dice ${name}. La voce di ${name} non si sente finché non arriva solo la sua.`,
    },
  },

  roles: {
    listener: "ascolta",
    speaker: "parla",
    moderator: "modera",
    cohost: "co-ospita",
    host: "ospita",
  },

  microphone: {
    turnOn: "Accendi il microfono",
    asking: "Chiedo al browser…",
    mute: "Muto",
    stateOff: "Il tuo microfono è spento",
    stateLive: "Ti si sente",
    stateNotYet: "Ancora non ti sente nessuno",
    stateMuted: "Sei muto: nelle stesse celle sigillate viaggia silenzio",
    stateListening: "Stai ascoltando",
  },

  people: {
    title: "Persone",
    onStage: "Sul palco",
    promote: "Invita sul palco",
    demote: "Fai scendere",
    remove: "Rimuovi",
    invitedAs: "invito per",
    empty: "Nel pubblico non c’è ancora nessuno. Manda un invito.",
    removeTitle: (name: string) => `Rimuovere ${name}?`,
    removeText:
      "Smette subito di sentire. Un link soltanto suo non funziona più; dietro il link di un gruppo chiunque altro aspetta poi un sì. Chi è già dentro resta.",
  },

  invites: {
    title: "Inviti",
    newInvite: "Nuovo invito",
    forWhom: "Per",
    person: "Una persona",
    group: "Un gruppo",
    label: "Per chi è?",
    labelExamplePerson: "Marta",
    labelExampleGroup: "Circolo di lettura",
    labelHint: "Lo vedi solo tu. Non lascia mai questo dispositivo.",
    labelMissing: "Scrivi per chi è, così distinguerai i link.",
    role: "Entra per",
    listener: "Ascoltare",
    speaker: "Parlare",
    moderator: "Moderare",
    cohost: "Co-ospitare",
    roleHints: {
      listener: "Sente tutto, e sale sul palco solo se glielo si chiede.",
      speaker: "Entra sul palco e può parlare.",
      moderator: "Può parlare, chiamare sul palco, far scendere e rimuovere.",
      cohost: "Può prendere il tuo posto: guida lo spazio mentre non ci sei. Una persona per link, tre al massimo.",
    },
    cohostsFull: "Ci sono già tre co-ospiti: prima revoca il link di uno di loro.",
    newLink: "Crea un nuovo link",
    knockHint: "Qualcuno entrato con questo link è stato rimosso, perciò chiunque altro lo usi aspetta il tuo sì.",
    uses: "Quanti possono entrare",
    usesHint: "0 vuol dire senza limite.",
    usesWrong: "Scrivi un numero intero da 0 a 10.000.",
    lifetime: "Vale per",
    hours: (n: number) => count(n, { one: "# ora", other: "# ore" }),
    days: (n: number) => count(n, { one: "# giorno", other: "# giorni" }),
    make: "Crea il link",
    making: "Firmo…",
    ready: (label: string) => `Link per ${label}`,
    readyHint: "Chi ha questo link può entrare: mandalo in privato.",
    link: "Link d’invito",
    copyLink: "Copia il link",
    share: "Condividi…",
    shareText: (title: string) => `Entra in «${title}» su Sottovoce`,
    showQr: "Mostra il codice QR",
    qr: "Codice QR del link d’invito",
    another: "Un altro invito",
    list: "Mandati finora",
    none: "Ancora nessun invito.",
    open: "Mostra il link",
    revoke: "Revoca",
    revokeTitle: (label: string) => `Revocare il link per ${label}?`,
    revokeText: "Il link smette di funzionare, e chi è entrato con quel link esce subito.",
    used: (used: number, uses: number) =>
      uses === 0 ? `entrati ${String(used)}` : `entrati ${String(used)} su ${String(uses)}`,
    personUsed: (used: number) => (used === 0 ? "non ancora usato" : "è entrata"),
    live: (n: number) => count(n, { one: "# dentro ora", other: "# dentro ora" }),
    until: (date: string) => `fino a ${date}`,
    states: {
      open: "aperto",
      knock: "serve il tuo sì",
      burnt: "fermato",
      revoked: "revocato",
      expired: "scaduto",
      "used-up": "esaurito",
    },
  },

  safety,
  alarms,
  hands,
  names,
  knocks,
  leading,
  spaceKinds,

  status: {
    offline: "Il servizio delle chiavi non risponde: riprovo. Intanto l’audio continua.",
    connecting: "Chiave ricevuta. Collego l’audio…",
    reconnecting: "L’audio si è interrotto: lo ricollego…",
    hearing: (n: number) =>
      n === 0 ? "Collegato. Nessun altro parla." : count(n, { one: "Senti # persona", other: "Senti # persone" }),
    hostAway: "Chi guida non è collegato. La stanza continua ancora per poco.",
    blocked: "Il browser trattiene l’audio.",
    play: "Riproduci",
  },

  silence: {
    "no-key": "Per un momento nessuno ti sente: la tua chiave è in arrivo.",
    withheld: "Per un momento nessuno ti sente: una decisione di chi ospita viene trattenuta.",
    "stale-head": "Per un momento nessuno ti sente: mancano notizie fresche da chi ospita.",
    "no-wrap": "Per un momento nessuno ti sente: la nuova chiave non è ancora arrivata.",
    "counter-limit": "Per un momento nessuno ti sente: la chiave è esaurita e ne nasce una nuova.",
  },

  problems: {
    "bad-link": "Questo link è rovinato: una parte manca o è cambiata.",
    "wrong-or-ended": "Qui non c’è uno spazio così, oppure è finito.",
    "invite-expired": "Questo invito è scaduto: chiedi un nuovo link a chi ospita.",
    "invite-not-yet": "Questo invito non vale ancora.",
    "invite-used-up": "Questo invito è esaurito: chiedi un nuovo link a chi ospita.",
    "invite-revoked": "Chi ospita ha revocato questo invito.",
    "invite-burnt":
      "Questo link è stato fermato perché qualcuno entrato con lo stesso è stato rimosso: chiedi un nuovo link a chi ospita.",
    "space-full": "In questo momento tutti i posti sono occupati.",
    removed: "Chi ospita ti ha rimosso dallo spazio.",
    ended: "Chi ospita ha chiuso lo spazio.",
    left: "Sei uscito dallo spazio, e le sue chiavi non sono più su questo dispositivo.",
    moved: "Il tuo posto è in uso in un’altra scheda o su un altro dispositivo.",
    lost: "Il collegamento è mancato troppo a lungo, perciò questo dispositivo ha smesso di ascoltare.",
    refused: "Il server ha mandato qualcosa che non si verifica, perciò questo dispositivo si è fermato.",
    "browser-too-old":
      "Questo browser è troppo vecchio per cifrare l’audio: servono Chrome o Edge 141, Firefox 129, Safari 17 o più recenti.",
    internal: "Qualcosa è andato storto in questa pagina.",
    "sfu-unreachable": "Il server audio non è raggiungibile, perciò non si sente nulla.",
    offline: "Il servizio delle chiavi non è raggiungibile. Quello che hai scritto è ancora qui.",
    "not-allowed": "Non ti è permesso.",
    "not-let-in": "Questa volta nessuno ti ha fatto entrare: chiedi a chi ospita, poi bussa di nuovo.",
    "no-such-seat": "Nel frattempo è uscito.",
    "no-such-request": "Non aspetta più.",
    "too-many-deputies": "Uno spazio ha al massimo tre co-ospiti: prima revoca il link di uno di loro.",
    "stage-full": "Il palco è pieno: prima fai scendere qualcuno.",
    "rate-limited": "Troppo in una volta: aspetta un momento.",
    malformed: "Così non si può mandare: è troppo lungo o ha caratteri che nessuno vedrebbe.",
    "sdp-refused": "Il server audio ha chiesto qualcosa di non sicuro, perciò il microfono è stato staccato.",
    "leak-suspected": "Pacchetti mandati e pacchetti sigillati non coincidono, perciò il microfono è stato staccato.",
    "microphone-denied":
      "Il browser non lascia usare il microfono a questa pagina: apri le impostazioni del sito accanto all’indirizzo, consentilo e riprova.",
    "no-microphone": "Non c’è un microfono: collegane uno e riprova.",
  },

  actions: {
    home: "Vai alla pagina iniziale",
    retry: "Riprova",
    "move-here": "Sposta qui",
    "copy-link": "Copia il link per un altro browser",
  },

  elsewhere: "Questo spazio è aperto in un’altra scheda di questo browser.",
} satisfies Messages
