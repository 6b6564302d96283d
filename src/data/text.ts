// A text as it is shown.

/** The first characters of a text, for a preview; what is not UTF-8 shows as a replacement character. */
export function previewText(bytes: Uint8Array, maxBytes = 400): string {
  const text = new TextDecoder().decode(bytes.subarray(0, maxBytes));
  // A cut through a character leaves a replacement character that the file does not hold.
  return bytes.length > maxBytes ? text.replace(/\uFFFD+$/, '') : text;
}
