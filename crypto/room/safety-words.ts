/** 256 English words, one list for everybody: what is read aloud must be the same in every language. */
export const safetyWords: readonly string[] = (
  "acorn amber anchor ancient anthem apple april arcade arrow atlas autumn azure bakery bamboo banner barley " +
  "basil basket beacon bell berry birch bishop blanket blossom bonfire border bottle branch breeze brick bridge " +
  "bronze bucket butter cabin cactus camel candle cannon canyon carbon carpet castle cathedral cedar cello chapel " +
  "cherry chestnut chimney cinema circle circus clover cobalt coffee comet copper coral cotton cradle crystal cypress " +
  "dahlia daisy dancer delta desert diamond dolphin domino donkey dragon eagle early echo elbow eleven ember " +
  "emerald engine evening fabric falcon feather fennel ferry fiddle finger flamingo flower forest fossil fountain galaxy " +
  "garden garlic gentle ginger glacier golden granite grape gravel guitar hammer harbor harvest hazel helmet heron " +
  "hockey hollow honey horizon ice indigo insect iris island ivory jacket jasmine jigsaw jungle juniper kayak " +
  "kettle kingdom kitten ladder lagoon lantern laurel lavender lemon lemonade leopard library lilac lion lizard lobster " +
  "lotus magnet mango maple marble meadow melon mercury meteor mirror monsoon mosaic mountain museum mustard napkin " +
  "nectar needle nickel noble north nutmeg oasis ocean olive onion opal orange orchid otter oyster paddle " +
  "palace panda paper parrot pearl pebble pepper piano pigeon pillow pine planet plum pocket poem polar " +
  "pony poppy prairie puzzle quartz quiet rabbit radar raven ribbon river robin rocket rose ruby saddle " +
  "saffron sailor salmon sapphire scarlet shadow shell shepherd silver sister snow socket sparrow spiral spring spruce " +
  "stable summer sunset swallow tango teapot temple thistle thunder tiger timber topaz tulip tunnel turtle umbrella " +
  "valley vanilla velvet violet violin walnut walrus water wheat willow window winter wizard yellow zebra zephyr"
).split(" ")
