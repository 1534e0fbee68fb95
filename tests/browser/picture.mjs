// SPDX-License-Identifier: MIT
// Pictures of flat 8x8 blocks, and the files they are kept in: a small JPEG and PNG writer whose segments and chunks the
// cases put where they like, and a PNG reader for screenshots.
//
// A flat block is one DC coefficient: with a quantization step of 8 it is the sample itself less 128, so every decoder
// shows the same colours and a wrong turn cannot hide in noise.

import { deflateSync, inflateSync } from 'node:zlib';
import { webpSize } from './webp.mjs';

// Blocks of the letter F (column, row), counted from the picture's top left.
const LETTER = ['2,1', '3,1', '4,1', '2,2', '2,3', '3,3', '2,4'];

// Y'CbCr of one block: an F on a gradient, a mark of its own in each corner, like the pictures of testdata.
function blockColour(column, row, columns, rows) {
    const left = column === 0;
    const right = column === columns - 1;
    if (row === 0 && left) return [82, 90, 230];
    if (row === 0 && right) return [140, 60, 50];
    if (row === rows - 1 && left) return [50, 225, 110];
    if (row === rows - 1 && right) return [200, 30, 145];
    if (LETTER.includes(`${column},${row}`)) return [30, 128, 128];
    return [150 + row * 12, 118 + column * 3, 138 - row * 3];
}

const clamp = (v) => Math.max(0, Math.min(255, Math.round(v)));

function toRgb([y, cb, cr]) {
    return [
        clamp(y + 1.402 * (cr - 128)),
        clamp(y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128)),
        clamp(y + 1.772 * (cb - 128)),
    ];
}

/** The picture as {width, height, data}, data being RGB. Sizes are multiples of 8. */
export function flatPicture(width, height) {
    const data = Buffer.alloc(width * height * 3);
    for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
            const rgb = toRgb(blockColour(x >> 3, y >> 3, width / 8, height / 8));
            data.set(rgb, (y * width + x) * 3);
        }
    return { width, height, data };
}

/** Turns a picture by an Exif orientation: stored in, shown out (EXIF 2.32, 4.6.5.1.5). */
export function turn(picture, orientation) {
    const { width: w, height: h, data } = picture;
    const transpose = orientation >= 5;
    const flipX = [2, 3, 7, 8].includes(orientation);
    const flipY = [3, 4, 6, 7].includes(orientation);
    const width = transpose ? h : w;
    const height = transpose ? w : h;
    const out = Buffer.alloc(data.length);
    for (let y = 0; y < h; y++)
        for (let x = 0; x < w; x++) {
            const u = flipX ? w - 1 - x : x;
            const v = flipY ? h - 1 - y : y;
            const to = transpose ? u * width + v : v * width + u;
            data.copy(out, to * 3, (y * w + x) * 3, (y * w + x) * 3 + 3);
        }
    return { width, height, data: out };
}

// ---- JPEG (ISO/IEC 10918-1) ----

export function segment(marker, payload = Buffer.alloc(0)) {
    const head = Buffer.from([0xff, marker, 0, 0]);
    head.writeUInt16BE(payload.length + 2, 2);
    return Buffer.concat([head, payload]);
}

export const SOI = Buffer.from([0xff, 0xd8]);
export const EOI = Buffer.from([0xff, 0xd9]);

/** JFIF APP0; unit 0: aspect ratio only, 1: dpi. */
export function jfif(unit = 0, x = 1, y = 1) {
    return segment(0xe0, Buffer.from([0x4a, 0x46, 0x49, 0x46, 0, 1, 1, unit, 0, x, 0, y, 0, 0]));
}

// Annex K.3.1: lengths of the DC codes; the symbols are 0..11 in this order.
const DC_LENGTHS = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];

function dcCodes() {
    const codes = [];
    let code = 0;
    DC_LENGTHS.forEach((n, i) => {
        for (let k = 0; k < n; k++) codes.push({ code: code++, bits: i + 1 });
        code <<= 1;
    });
    return codes;
}

// One scan of the named components: for each block a DC difference and an end of block (its code is the one bit 0).
function entropy(width, height, components) {
    const codes = dcCodes();
    const before = components.map(() => 0);
    let bits = '';
    const number = (value, n) => (n ? value.toString(2).padStart(n, '0') : '');
    for (let row = 0; row < height / 8; row++)
        for (let column = 0; column < width / 8; column++)
            components.forEach((c, i) => {
                const dc = blockColour(column, row, width / 8, height / 8)[c] - 128;
                const difference = dc - before[i];
                before[i] = dc;
                const size = difference ? 32 - Math.clz32(Math.abs(difference)) : 0;
                const extra = difference < 0 ? difference + (1 << size) - 1 : difference;
                bits += number(codes[size].code, codes[size].bits) + number(extra, size) + '0';
            });
    bits = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1');
    const bytes = [];
    for (let i = 0; i < bits.length; i += 8) {
        bytes.push(parseInt(bits.slice(i, i + 8), 2));
        if (bytes[bytes.length - 1] === 0xff) bytes.push(0);
    }
    return Buffer.from(bytes);
}

function scan(width, height, components) {
    const head = [components.length];
    for (const c of components) head.push(c + 1, 0);
    head.push(0, 63, 0);
    return Buffer.concat([segment(0xda, Buffer.from(head)), entropy(width, height, components)]);
}

/** A baseline 4:4:4 file. Buffers for its places: first (before JFIF), app (after it), afterTables, afterFrame, betweenScans
 * (which makes one scan a component), afterScan (before EOI), trailer (after EOI). jfif: a segment, or null. */
export function jpeg(options = {}) {
    const { width = 64, height = 48, betweenScans = null } = options;
    const size = Buffer.alloc(4);
    size.writeUInt16BE(height, 0);
    size.writeUInt16BE(width, 2);
    const frame = [8, ...size, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0];
    const dc = [0, ...DC_LENGTHS, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    const ac = [0x10, 1, ...Array(15).fill(0), 0];
    const scans = betweenScans
        ? [scan(width, height, [0]), betweenScans, scan(width, height, [1]), scan(width, height, [2])]
        : [scan(width, height, [0, 1, 2])];
    const none = Buffer.alloc(0);
    return Buffer.concat([
        SOI,
        options.first ?? none,
        options.jfif === null ? none : (options.jfif ?? jfif()),
        options.app ?? none,
        segment(0xdb, Buffer.from([0, ...Array(64).fill(8)])),
        options.afterTables ?? none,
        segment(0xc0, Buffer.from(frame)),
        options.afterFrame ?? none,
        segment(0xc4, Buffer.from(dc)),
        segment(0xc4, Buffer.from(ac)),
        ...scans,
        options.afterScan ?? none,
        EOI,
        options.trailer ?? none,
    ]);
}

/** The segments before the first SOS as {marker, start, end, payload}; payload is a view. */
export function segmentsOf(file) {
    const list = [];
    let at = 2;
    while (at + 4 <= file.length && file[at] === 0xff) {
        const start = at;
        while (file[at + 1] === 0xff) at++;
        const marker = file[at + 1];
        if (marker === 0xda || marker === 0xd9) break;
        const end = at + 2 + file.readUInt16BE(at + 2);
        list.push({ marker, start, end, payload: file.subarray(at + 4, end) });
        at = end;
    }
    return list;
}

// ---- PNG (ISO/IEC 15948) ----

const CRC_TABLE = Array.from({ length: 256 }, (_, n) => {
    for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n >>> 0;
});

function crc32(bytes) {
    let crc = 0xffffffff;
    for (const b of bytes) crc = CRC_TABLE[(crc ^ b) & 255] ^ (crc >>> 8);
    return (crc ^ 0xffffffff) >>> 0;
}

export function chunk(type, data = Buffer.alloc(0)) {
    const out = Buffer.alloc(12 + data.length);
    out.writeUInt32BE(data.length, 0);
    out.write(type, 4, 'latin1');
    data.copy(out, 8);
    out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
    return out;
}

export const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);

/** A PNG file. Buffers for its places: first (after IHDR), before (last before IDAT), after (after IDAT), trailer (after
 * IEND). palette: colour type 3. frames: two fcTL/fdAT frames of the same picture, an APNG. */
export function png(options = {}) {
    const { width = 64, height = 48, palette = false, frames = false } = options;
    const { data } = flatPicture(width, height);
    const colours = [];
    const samples = palette ? 1 : 3;
    const rows = Buffer.alloc(height * (1 + width * samples));
    for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
            const rgb = data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3);
            const to = y * (1 + width * samples) + 1 + x * samples;
            if (!palette) {
                rgb.copy(rows, to);
                continue;
            }
            let index = colours.findIndex((c) => c.equals(rgb));
            if (index < 0) index = colours.push(rgb) - 1;
            rows[to] = index;
        }
    const ihdr = Buffer.alloc(13);
    ihdr.writeUInt32BE(width, 0);
    ihdr.writeUInt32BE(height, 4);
    ihdr.set([8, palette ? 3 : 2, 0, 0, 0], 8);
    const zipped = deflateSync(rows);
    const none = Buffer.alloc(0);
    return Buffer.concat([
        PNG_SIGNATURE,
        chunk('IHDR', ihdr),
        frames ? chunk('acTL', Buffer.from([0, 0, 0, 2, 0, 0, 0, 1])) : none,
        options.first ?? none,
        palette ? chunk('PLTE', Buffer.concat(colours)) : none,
        options.before ?? none,
        frames ? chunk('fcTL', frameControl(0, width, height)) : none,
        chunk('IDAT', zipped),
        frames ? chunk('fcTL', frameControl(1, width, height)) : none,
        frames ? chunk('fdAT', Buffer.concat([Buffer.from([0, 0, 0, 2]), zipped])) : none,
        options.after ?? none,
        chunk('IEND'),
        options.trailer ?? none,
    ]);
}

// A frame as large as the picture, shown for 100 ms.
function frameControl(sequence, width, height) {
    const data = Buffer.alloc(26);
    data.writeUInt32BE(sequence, 0);
    data.writeUInt32BE(width, 4);
    data.writeUInt32BE(height, 8);
    data.writeUInt16BE(1, 20);
    data.writeUInt16BE(10, 22);
    return data;
}

/** The chunks as {type, start, end, data}; data is a view. */
export function chunksOf(file) {
    const list = [];
    let at = 8;
    while (at + 12 <= file.length) {
        const length = file.readUInt32BE(at);
        const end = at + 12 + length;
        if (end > file.length) break;
        const type = file.toString('latin1', at + 4, at + 8);
        list.push({ type, start: at, end, data: file.subarray(at + 8, end - 4) });
        if (type === 'IEND') break;
        at = end;
    }
    return list;
}

export const isPng = (file) => file.subarray(0, 8).equals(PNG_SIGNATURE);

/** The stored size by SOF or IHDR: [width, height], or null. */
export function storedSize(file) {
    if (isPng(file)) return [file.readUInt32BE(16), file.readUInt32BE(20)];
    if (webpSize(file)) return webpSize(file);
    const frame = segmentsOf(file).find(
        (s) => s.marker >= 0xc0 && s.marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(s.marker),
    );
    return frame ? [frame.payload.readUInt16BE(3), frame.payload.readUInt16BE(1)] : null;
}

// ---- reading screenshots ----

const paeth = (a, b, c) => {
    const p = a + b - c;
    const pa = Math.abs(p - a);
    const pb = Math.abs(p - b);
    const pc = Math.abs(p - c);
    return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
};

// Undoes the five filters (PNG 9.2); the rows come back without their filter bytes.
function unfilter(rows, width, height, n) {
    const stride = width * n;
    const out = Buffer.alloc(stride * height);
    for (let y = 0; y < height; y++) {
        const filter = rows[y * (stride + 1)];
        const from = y * (stride + 1) + 1;
        const to = y * stride;
        for (let x = 0; x < stride; x++) {
            const a = x >= n ? out[to + x - n] : 0;
            const b = y > 0 ? out[to + x - stride] : 0;
            let add = 0;
            if (filter === 1) add = a;
            else if (filter === 2) add = b;
            else if (filter === 3) add = (a + b) >> 1;
            else if (filter === 4) add = paeth(a, b, x >= n && y > 0 ? out[to + x - stride - n] : 0);
            out[to + x] = rows[from + x] + add;
        }
    }
    return out;
}

/** Decodes what browsers write: 8 bits, RGB or RGBA, not interlaced. Gives RGB. */
export function readPng(file) {
    const chunks = chunksOf(file);
    const ihdr = chunks[0].data;
    const width = ihdr.readUInt32BE(0);
    const height = ihdr.readUInt32BE(4);
    const n = ihdr[9] === 6 ? 4 : 3;
    if (ihdr[8] !== 8 || ![2, 6].includes(ihdr[9]) || ihdr[12] !== 0)
        throw new Error('a screenshot of an unexpected PNG type');
    const packed = Buffer.concat(chunks.filter((c) => c.type === 'IDAT').map((c) => c.data));
    const bytes = unfilter(inflateSync(packed), width, height, n);
    if (n === 3) return { width, height, data: bytes };
    const data = Buffer.alloc(width * height * 3);
    for (let i = 0, j = 0; i < bytes.length; i += 4) {
        data[j++] = bytes[i];
        data[j++] = bytes[i + 1];
        data[j++] = bytes[i + 2];
    }
    return { width, height, data };
}

/** A part of a picture. */
export function crop(picture, x, y, width, height) {
    const data = Buffer.alloc(width * height * 3);
    for (let row = 0; row < height; row++) {
        const from = ((y + row) * picture.width + x) * 3;
        picture.data.copy(data, row * width * 3, from, from + width * 3);
    }
    return { width, height, data };
}

/** Peak signal to noise of two pictures in dB; 0 where the sizes differ, 99 where they are the same. */
export function psnr(a, b) {
    if (a.width !== b.width || a.height !== b.height) return 0;
    let sum = 0;
    for (let i = 0; i < a.data.length; i++) sum += (a.data[i] - b.data[i]) ** 2;
    return sum ? Math.min(99, 10 * Math.log10((255 * 255 * a.data.length) / sum)) : 99;
}
