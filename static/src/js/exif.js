// Carries a JPEG's EXIF block over to its reduced copy, so that the server can still read place and time (it strips
// both before storing). The orientation is set to "upright", because the reduced copy's pixels already are.

const SOI = 0xffd8;
const APP1 = 0xffe1;
const SOS = 0xffda;
const ORIENTATION = 0x0112;

function exifSegment(bytes) {
  const view = new DataView(bytes);
  if (view.byteLength < 4 || view.getUint16(0) !== SOI) return null;
  let at = 2;
  while (at + 10 <= view.byteLength) {
    const marker = view.getUint16(at);
    const length = view.getUint16(at + 2);
    if (marker === SOS || (marker & 0xff00) !== 0xff00 || length < 2) return null;
    if (marker === APP1 && view.getUint32(at + 4) === 0x45786966) {
      return at + 2 + length <= view.byteLength ? bytes.slice(at, at + 2 + length) : null;
    }
    at += 2 + length;
  }
  return null;
}

function setUpright(segment) {
  const tiff = 10;
  const view = new DataView(segment);
  const little = view.getUint16(tiff) === 0x4949;
  const start = tiff + view.getUint32(tiff + 4, little);
  const entries = view.getUint16(start, little);
  for (let index = 0; index < entries; index += 1) {
    const entry = start + 2 + index * 12;
    if (view.getUint16(entry, little) === ORIENTATION) view.setUint16(entry + 8, 1, little);
  }
}

export async function withExifOf(original, reduced) {
  try {
    const segment = exifSegment(await original.slice(0, 256 * 1024).arrayBuffer());
    if (!segment) return reduced;
    setUpright(segment);
    return new Blob([reduced.slice(0, 2), segment, reduced.slice(2)], { type: reduced.type });
  } catch {
    return reduced;
  }
}
