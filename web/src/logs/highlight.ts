export interface Piece {
  text: string;
  /** Whether it is what was searched for. */
  hit: boolean;
}

/** A text in pieces, those that were searched for marked; capitals do not matter. */
export function pieces(text: string, wanted: string): Piece[] {
  const needle = wanted.trim();
  if (needle === "") return [{ text, hit: false }];
  const escaped = needle.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return text
    .split(new RegExp(`(${escaped})`, "gi"))
    .map((part, i) => ({ text: part, hit: i % 2 === 1 }))
    .filter((piece) => piece.text !== "");
}
