/** Short names of the emoji that are used most. Apps with a larger table hand theirs to `complete`. */
const table = `
+1 👍|-1 👎|heart ❤️|joy 😂|smile 😄|grin 😁|slight_smile 🙂|wink 😉|rofl 🤣|sweat_smile 😅|blush 😊|heart_eyes 😍|
thinking 🤔|neutral 😐|smirk 😏|roll_eyes 🙄|relieved 😌|pensive 😔|sleeping 😴|sick 🤒|mind_blown 🤯|party 🥳|
sunglasses 😎|nerd 🤓|confused 😕|worried 😟|open_mouth 😮|pleading 🥺|cry 😢|sob 😭|scream 😱|weary 😩|angry 😠|
skull 💀|ghost 👻|robot 🤖|wave 👋|ok_hand 👌|crossed_fingers 🤞|metal 🤘|point_up ☝️|fist ✊|clap 👏|raised_hands 🙌|
handshake 🤝|pray 🙏|muscle 💪|eyes 👀|brain 🧠|salute 🫡|shrug 🤷|facepalm 🤦|cat 🐱|dog 🐶|bug 🐛|snail 🐌|whale 🐳|
unicorn 🦄|tree 🌳|seedling 🌱|rose 🌹|sun ☀️|moon 🌙|star ⭐|sparkles ✨|zap ⚡|fire 🔥|boom 💥|rainbow 🌈|ocean 🌊|
earth 🌍|apple 🍎|pizza 🍕|taco 🌮|cake 🍰|birthday 🎂|cookie 🍪|coffee ☕|tea 🍵|beer 🍺|beers 🍻|wine 🍷|champagne 🍾|
tada 🎉|balloon 🎈|gift 🎁|trophy 🏆|medal 🏅|dart 🎯|game 🎮|dice 🎲|art 🎨|music 🎵|camera 📷|car 🚗|train 🚆|bike 🚲|
plane ✈️|rocket 🚀|boat ⛵|anchor ⚓|house 🏠|lighthouse 🗼|phone 📱|laptop 💻|bulb 💡|calendar 📅|pin 📌|memo 📝|
book 📖|mail 📧|package 📦|lock 🔒|key 🔑|hammer 🔨|wrench 🔧|gear ⚙️|link 🔗|bell 🔔|megaphone 📣|hourglass ⏳|clock 🕐|
money 💰|chart 📈|magnifier 🔍|trash 🗑️|check ✅|x ❌|question ❓|exclamation ❗|warning ⚠️|stop 🛑|no_entry ⛔|plus ➕|100 💯|
up ⬆️|down ⬇️|repeat 🔁|red_circle 🔴|green_circle 🟢|blue_circle 🔵|broken_heart 💔|green_heart 💚|blue_heart 💙|zzz 💤
`;

export interface Emoji {
  name: string;
  emoji: string;
}

export const emojiTable: readonly Emoji[] = table
  .replaceAll('\n', '')
  .split('|')
  .map((entry) => {
    const [name = '', emoji = ''] = entry.split(' ');
    return { name, emoji };
  });

export function emojiNamed(name: string): string | undefined {
  return emojiTable.find((one) => one.name === name)?.emoji;
}
