// A text in the fragment of an address, which browsers send to nobody: deflated, in letters that addresses may hold.

const MARK = "#text=";
const LONGEST_FRAGMENT = 200_000;
const LONGEST_TEXT = 256 * 1024;

export class Unreadable extends Error {}

export async function packed(text) {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let letters = "";
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return MARK + btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The text of a fragment; null where it holds none. Throws `Unreadable` where what it holds cannot be one. */
export async function unpacked(fragment) {
  if (!fragment.startsWith(MARK)) return null;
  if (fragment.length > LONGEST_FRAGMENT) throw new Unreadable("it is too long");
  const letters = fragment.slice(MARK.length);
  if (!/^[A-Za-z0-9_-]*$/.test(letters)) throw new Unreadable("it holds other letters than it may");
  let bytes;
  try {
    bytes = Uint8Array.from(atob(letters.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  } catch {
    throw new Unreadable("it is cut off");
  }
  return decoded(await inflated(bytes));
}

/** What the bytes unfold to, given up as soon as it is more than a text may be. */
async function inflated(bytes) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const parts = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > LONGEST_TEXT) throw new Unreadable("its text is too long");
      parts.push(value);
    }
  } catch (error) {
    await reader.cancel().catch(() => {});
    throw error instanceof Unreadable ? error : new Unreadable("it is damaged");
  }
  return new Blob(parts).arrayBuffer();
}

function decoded(buffer) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(buffer);
  } catch {
    throw new Unreadable("it holds no text");
  }
}
