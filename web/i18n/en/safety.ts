/** The safety code, and what it is good for. */
export const safety = {
  title: "Safety code",
  text: "Read it to each other: if everybody sees the same words or digits, everybody is in the same room with the same people, and nobody sits in between.",
  words: "Words",
  digits: "Digits",
  none: "The code appears as soon as you have a seat.",
  changes: "It changes while people come and go; compare it at the same moment.",
  explain: "How the code works",
  sections: [
    {
      title: "What it covers",
      points: [
        "Everything that has happened in this space so far.",
        "Who is on stage, and who leads.",
        "Every seat, also those of the listeners you cannot see.",
        "The keys: whoever was given other keys has another code.",
      ],
    },
    {
      title: "How to compare",
      points: [
        "Somebody whose voice you know reads the words aloud, and the others follow on their own screens.",
        "Or send the digits to each other outside this page, in the same minute.",
      ],
    },
    {
      title: "When it changes",
      points: ["For everybody at once, about every 80 seconds, and sooner when people come and go."],
    },
    {
      title: "What a difference means",
      points: [
        "First compare once more: one of you may have seen the next code already.",
        "If it still differs, you are being shown different rooms. Say nothing confidential, leave, and meet in a new space with new links.",
      ],
    },
    {
      title: "What it cannot show",
      points: [
        "That nobody inside records, and who somebody is: it says that all have the same room, not whom to trust.",
      ],
    },
  ],
}
