// Carries a JPEG's EXIF block over to its reduced copy, so that the server can still read place and time (it strips
// both before storing). The orientation is set to "upright", because the reduced copy's pixels already are.
// Also reads where a photo was taken, so that the form can offer that place without a network.

const SOI = 0xffd8;
const APP1 = 0xffe1;
const SOS = 0xffda;
const ORIENTATION = 0x0112;
const GPS = 0x8825;
const HEAD = 256 * 1024;
const TIFF = 10;

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
  const view = new DataView(segment);
  const little = view.getUint16(TIFF) === 0x4949;
  const entry = entriesAt(view, little, view.getUint32(TIFF + 4, little)).get(ORIENTATION);
  if (entry) view.setUint16(entry + 8, 1, little);
}

// Where each entry of a directory stands, by its tag; offsets count from the TIFF head.
function entriesAt(view, little, offset) {
  const start = TIFF + offset;
  const found = new Map();
  for (let index = 0; index < view.getUint16(start, little); index += 1) {
    const entry = start + 2 + index * 12;
    found.set(view.getUint16(entry, little), entry);
  }
  return found;
}

function degrees(view, little, entry, reference, negative) {
  const at = TIFF + view.getUint32(entry + 8, little);
  const parts = [0, 1, 2].map((index) => {
    const over = view.getUint32(at + index * 8, little);
    const under = view.getUint32(at + index * 8 + 4, little);
    return under ? over / under : 0;
  });
  const value = parts[0] + parts[1] / 60 + parts[2] / 3600;
  return String.fromCharCode(view.getUint8(reference + 8)) === negative ? -value : value;
}

// {longitude, latitude} of a photo that says where it was taken, else null.
export async function placeOf(file) {
  try {
    const segment = exifSegment(await file.slice(0, HEAD).arrayBuffer());
    if (!segment) return null;
    const view = new DataView(segment);
    const little = view.getUint16(TIFF) === 0x4949;
    const head = entriesAt(view, little, view.getUint32(TIFF + 4, little)).get(GPS);
    if (!head) return null;
    const gps = entriesAt(view, little, view.getUint32(head + 8, little));
    if (![1, 2, 3, 4].every((tag) => gps.has(tag))) return null;
    const latitude = degrees(view, little, gps.get(2), gps.get(1), "S");
    const longitude = degrees(view, little, gps.get(4), gps.get(3), "W");
    const onEarth = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
    return onEarth && (latitude || longitude) ? { longitude, latitude } : null;
  } catch {
    return null;
  }
}

export async function withExifOf(original, reduced) {
  try {
    const segment = exifSegment(await original.slice(0, HEAD).arrayBuffer());
    if (!segment) return reduced;
    setUpright(segment);
    return new Blob([reduced.slice(0, 2), segment, reduced.slice(2)], { type: reduced.type });
  } catch {
    return reduced;
  }
}
