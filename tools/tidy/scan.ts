// Tells code from comments, strings, templates and regular expressions, without a parser. It knows just enough of
// TypeScript and JSX for tidy's rules; every offset and line stays where it was.

export interface Scan {
  /** Comments, the insides of strings and templates, and regular expressions are blank. */
  code: string;
  /** Only comments are blank. */
  withStrings: string;
}

const REGEX_AFTER_WORD = /(?:^|[^\w$.])(?:return|typeof|case|in|of|do|else|void|delete|throw|new|await|yield)$/;

/** Separates `text`; `isJsx` says that `</` and `/>` belong to tags. */
export function scan(text: string, isJsx = false): Scan {
  const code = text.split('');
  const withStrings = [...code];
  const blank = (target: string[], from: number, to: number) => {
    for (let i = from; i < to; i += 1) if (target[i] !== '\n') target[i] = ' ';
  };
  // One entry for each `${` that is open: how many braces are open inside it.
  const templates: number[] = [];
  let at = 0;
  while (at < text.length) {
    const two = text.slice(at, at + 2);
    const char = text[at]!;
    let end = at + 1;
    if (two === '//' || two === '/*') {
      end = endOfComment(text, at);
      blank(code, at, end);
      blank(withStrings, at, end);
    } else if (char === "'" || char === '"') {
      end = endOfString(text, at);
      blank(code, at + 1, end - 1);
    } else if (char === '`' || (char === '}' && templates.at(-1) === 0)) {
      if (char === '}') templates.pop();
      end = endOfTemplatePart(text, at);
      if (text[end - 1] === '{') templates.push(0);
      blank(code, char === '`' ? at + 1 : at, text[end - 1] === '`' ? end - 1 : end);
    } else if (char === '/' && startsRegex(text, code, at, isJsx)) {
      end = endOfRegex(text, at);
      blank(code, at, end);
    } else if (templates.length > 0 && (char === '{' || char === '}')) {
      templates.push(templates.pop()! + (char === '{' ? 1 : -1));
    }
    at = end;
  }
  return { code: code.join(''), withStrings: withStrings.join('') };
}

function endOfComment(text: string, start: number): number {
  const isLine = text[start + 1] === '/';
  const end = text.indexOf(isLine ? '\n' : '*/', start + 2);
  if (end === -1) return text.length;
  return isLine ? end : end + 2;
}

// A quote without its partner on the line is an apostrophe in JSX text.
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length && text[at] !== '\n'; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === text[start]) return at + 1;
  }
  return start + 1;
}

// From a backtick or a closing `}` up to and with the next backtick or `${`.
function endOfTemplatePart(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '`') return at + 1;
    else if (text[at] === '$' && text[at + 1] === '{') return at + 2;
  }
  return text.length;
}

function startsRegex(text: string, code: readonly string[], at: number, isJsx: boolean): boolean {
  let before = at - 1;
  while (before >= 0 && /\s/.test(code[before]!)) before -= 1;
  if (before < 0) return true;
  const previous = code[before]!;
  if (isJsx && (previous === '<' || text[at + 1] === '>')) return false;
  if (/[\w$]/.test(previous)) return REGEX_AFTER_WORD.test(code.slice(Math.max(0, before - 12), before + 1).join(''));
  return !/[)\]}'"`]/.test(previous);
}

function endOfRegex(text: string, start: number): number {
  let inClass = false;
  for (let at = start + 1; at < text.length && text[at] !== '\n'; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '[') inClass = true;
    else if (text[at] === ']') inClass = false;
    else if (text[at] === '/' && !inClass) return at + 1;
  }
  return start + 1;
}

const CLOSER: Record<string, string> = { '(': ')', '[': ']', '{': '}' };

/** The offset of the bracket that closes the one at `open`, or the end of the code. */
export function closing(code: string, open: number): number {
  const stack: string[] = [];
  for (let at = open; at < code.length; at += 1) {
    const char = code[at]!;
    if (CLOSER[char] !== undefined) stack.push(CLOSER[char]);
    else if (char === stack.at(-1)) stack.pop();
    if (stack.length === 0) return at;
  }
  return code.length;
}
