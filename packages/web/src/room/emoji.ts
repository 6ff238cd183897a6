/** Short names of emoji for `:` completion, and the ones that are offered first as reactions. */
import type { Candidate } from './complete.ts';

const table = `
+1 👍 thumbs_up yes|-1 👎 thumbs_down no|heart ❤️ love|joy 😂 laugh tears|smile 😄 happy|grin 😁|slight_smile 🙂|wink 😉|
rofl 🤣|sweat_smile 😅|blush 😊|heart_eyes 😍|kissing_heart 😘|yum 😋|stuck_out_tongue 😛|thinking 🤔 hmm|neutral 😐|
expressionless 😑|no_mouth 😶|smirk 😏|unamused 😒|roll_eyes 🙄|grimacing 😬|relieved 😌|pensive 😔|sleepy 😪|sleeping 😴|
mask 😷|sick 🤒|nauseated 🤢|sneeze 🤧|hot 🥵|cold 🥶|dizzy 😵|mind_blown 🤯 exploding|cowboy 🤠|party 🥳|sunglasses 😎 cool|
nerd 🤓|confused 😕|worried 😟|frown ☹️|open_mouth 😮 wow|astonished 😲|flushed 😳|pleading 🥺|fearful 😨|cold_sweat 😰|
cry 😢 sad|sob 😭|scream 😱|disappointed 😞|sweat 😓|weary 😩|tired 😫|yawn 🥱|triumph 😤|angry 😠|rage 😡|
skull 💀|poop 💩|clown 🤡|ghost 👻|alien 👽|robot 🤖 bot|see_no_evil 🙈|hear_no_evil 🙉|speak_no_evil 🙊|
wave 👋 hello bye|raised_hand ✋|ok_hand 👌|pinch 🤏|v ✌️ victory|crossed_fingers 🤞 luck|metal 🤘|call_me 🤙|
point_left 👈|point_right 👉|point_up ☝️|point_down 👇|fist ✊|fist_bump 👊|clap 👏|raised_hands 🙌|open_hands 👐|
handshake 🤝|pray 🙏 thanks please|writing ✍️|muscle 💪 strong|eyes 👀 look|eye 👁️|brain 🧠|salute 🫡|shrug 🤷|facepalm 🤦|
baby 👶|ninja 🥷|detective 🕵️|dancer 💃|runner 🏃|walking 🚶|family 👪|footprints 👣|
dog 🐶|cat 🐱|mouse 🐭|rabbit 🐰|fox 🦊|bear 🐻|panda 🐼|tiger 🐯|lion 🦁|cow 🐮|pig 🐷|frog 🐸|monkey 🐵|chicken 🐔|
penguin 🐧|bird 🐦|duck 🦆|owl 🦉|bee 🐝|bug 🐛|butterfly 🦋|snail 🐌|turtle 🐢|snake 🐍|octopus 🐙|crab 🦀|fish 🐟|
dolphin 🐬|whale 🐳|shark 🦈|horse 🐴|unicorn 🦄|
tree 🌳|palm 🌴|cactus 🌵|seedling 🌱|herb 🌿|clover 🍀|flower 🌸|rose 🌹|sunflower 🌻|mushroom 🍄|leaves 🍂|
sun ☀️|moon 🌙|star ⭐|sparkles ✨|zap ⚡ lightning|fire 🔥|boom 💥|cloud ☁️|rain 🌧️|snow ❄️|fog 🌫️|rainbow 🌈|
ocean 🌊 tide|droplet 💧|earth 🌍|volcano 🌋|mountain ⛰️|beach 🏖️|
apple 🍎|banana 🍌|lemon 🍋|grapes 🍇|strawberry 🍓|cherries 🍒|avocado 🥑|tomato 🍅|carrot 🥕|corn 🌽|bread 🍞|cheese 🧀|
egg 🥚|pizza 🍕|burger 🍔|fries 🍟|taco 🌮|sushi 🍣|noodles 🍜|cake 🍰|birthday 🎂|cookie 🍪|chocolate 🍫|candy 🍬|
coffee ☕|tea 🍵|beer 🍺|beers 🍻|wine 🍷|cocktail 🍸|champagne 🍾|cheers 🥂|
tada 🎉 party_popper|confetti 🎊|balloon 🎈|gift 🎁|trophy 🏆|medal 🏅|gold 🥇|soccer ⚽|basketball 🏀|tennis 🎾|dart 🎯|
game 🎮|dice 🎲|puzzle 🧩|art 🎨|music 🎵|guitar 🎸|mic 🎤|headphones 🎧|movie 🎬|camera 📷|
car 🚗|bus 🚌|train 🚆|bike 🚲|plane ✈️|rocket 🚀 ship_it|boat ⛵|ferry ⛴️|anchor ⚓|lifebuoy 🛟|construction 🚧|
house 🏠|office 🏢|hospital 🏥|lighthouse 🗼|tent ⛺|
phone 📱|laptop 💻|keyboard ⌨️|printer 🖨️|bulb 💡 idea|battery 🔋|plug 🔌|floppy 💾 save|calendar 📅|clipboard 📋|pin 📌|
paperclip 📎|memo 📝 note|pencil ✏️|book 📖|books 📚|mail 📧|inbox 📥|package 📦|lock 🔒|unlock 🔓|key 🔑|hammer 🔨|
wrench 🔧 fix|gear ⚙️|link 🔗|magnet 🧲|test_tube 🧪|microscope 🔬|telescope 🔭|bell 🔔|no_bell 🔕|megaphone 📣|
hourglass ⏳|clock 🕐|alarm ⏰|stopwatch ⏱️|money 💰|chart 📈|chart_down 📉|bar_chart 📊|magnifier 🔍 search|trash 🗑️|
check ✅ done|ballot ☑️|x ❌ cross|question ❓|exclamation ❗|warning ⚠️|stop 🛑|no_entry ⛔|prohibited 🚫|recycle ♻️|
plus ➕|minus ➖|100 💯|up ⬆️|down ⬇️|left ⬅️|right ➡️|repeat 🔁|infinity ♾️|red_circle 🔴|orange_circle 🟠|
yellow_circle 🟡|green_circle 🟢|blue_circle 🔵|white_flag 🏳️|checkered_flag 🏁|rainbow_flag 🏳️‍🌈|broken_heart 💔|
orange_heart 🧡|yellow_heart 💛|green_heart 💚|blue_heart 💙|purple_heart 💜|black_heart 🖤|two_hearts 💕|zzz 💤|speech 💬|thought 💭
`;

/** `label` is the short name, `insert` the emoji. */
export const shortNames: readonly Candidate[] = table
  .replaceAll('\n', '')
  .split('|')
  .map((cell, index) => {
    const [label, insert, ...also] = cell.trim().split(' ');
    return { key: label!, label: label!, insert: insert!, also, weight: -index };
  });

/** Offered as reactions before one has chosen any. */
export const firstReactions: readonly string[] = ['👍', '❤️', '😂', '🎉', '👀', '🙏'];
