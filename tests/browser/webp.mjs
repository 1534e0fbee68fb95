// SPDX-License-Identifier: MIT
// A small WebP writer (RFC 9649): lossless pictures in which every sample is eight bits, and the chunks around them where the
// cases put them.

const chunkOf = (name, data) => {
    const head = Buffer.alloc(8);
    head.write(name, 'latin1');
    head.writeUInt32LE(data.length, 4);
    return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
};

const reversed = (byte) => {
    let out = 0;
    for (let i = 0; i < 8; i++) out |= ((byte >> i) & 1) << (7 - i);
    return out;
};

// Bits from the least significant on.
class Bits {
    constructor() {
        this.bytes = [];
        this.at = 0;
    }

    put(value, count) {
        for (let i = 0; i < count; i++, this.at++) {
            if (this.at % 8 === 0) this.bytes.push(0);
            this.bytes[this.bytes.length - 1] |= ((value >> i) & 1) << this.at % 8;
        }
    }

    // Section 3.7.2.1.2: 256 symbols have codes of eight bits, which are the symbols; the rest of the alphabet has none. The
    // code of these lengths has two symbols, 0 and 8, of one bit.
    putBytesCode(alphabet) {
        this.put(0, 1);
        this.put(12 - 4, 4);
        for (const length of [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1]) this.put(length, 3); // 17 18 0 1 2 3 4 5 16 6 7 8
        this.put(0, 1);
        for (let i = 0; i < alphabet; i++) this.put(i < 256 ? 1 : 0, 1);
    }

    // Section 3.7.2.1.1: one symbol, which takes no bit.
    putOneSymbol(symbol) {
        this.put(1, 1);
        this.put(0, 1);
        this.put(1, 1);
        this.put(symbol, 8);
    }
}

/** A picture of flatPicture() as the data of a VP8L chunk. */
export function vp8l({ width, height, data }) {
    const bits = new Bits();
    bits.put(0x2f, 8);
    bits.put(width - 1, 14);
    bits.put(height - 1, 14);
    bits.put(0, 1 + 3 + 1 + 1 + 1); // no alpha; version; no transform, no colour cache, no meta codes
    bits.putBytesCode(256 + 24);
    bits.putBytesCode(256);
    bits.putBytesCode(256);
    bits.putOneSymbol(255);
    bits.putOneSymbol(0);
    for (let i = 0; i < width * height * 3; i += 3) for (const k of [1, 0, 2]) bits.put(reversed(data[i + k]), 8);
    return Buffer.from(bits.bytes);
}

/** A VP8X, the picture and other chunks: before and after are lists of [name, data]. extended: false: no VP8X. flags: its first
 * byte; by default what is there. trailer: bytes after the RIFF. */
export function webp(picture, { before = [], after = [], extended = true, flags = null, trailer = [] } = {}) {
    const head = Buffer.alloc(10);
    const all = [...before, ...after].map(([name]) => name);
    head[0] = flags ?? (all.includes('EXIF') ? 8 : 0) | (all.includes('XMP ') ? 4 : 0);
    head.writeUIntLE(picture.width - 1, 4, 3);
    head.writeUIntLE(picture.height - 1, 7, 3);
    const chunks = [...(extended ? [['VP8X', head]] : []), ...before, ['VP8L', vp8l(picture)], ...after];
    const body = Buffer.concat([Buffer.from('WEBP'), ...chunks.map(([name, data]) => chunkOf(name, data))]);
    return Buffer.concat([chunkOf('RIFF', body), ...trailer.map(([name, data]) => chunkOf(name, data))]);
}

/** The canvas of a file of these kinds, or null. */
export function webpSize(file) {
    if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WEBP') return null;
    if (file.toString('latin1', 12, 16) === 'VP8X') return [file.readUIntLE(24, 3) + 1, file.readUIntLE(27, 3) + 1];
    const bits = file.readUInt32LE(21);
    return [(bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1];
}
