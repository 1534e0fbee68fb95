// SPDX-License-Identifier: MIT
// Animated PNG by a decoder that shares nothing with the project: Chromium's ImageDecoder plays the source without its
// orientation and the product, and every frame of the one, turned by the definition, must be that frame of the other.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { originOf } from './browsers.mjs';
import { PNG_SIGNATURE, chunk, turn } from './picture.mjs';
import { short, tiff } from './tiff.mjs';
import { normalize } from './tools.mjs';

const WIDTH = 23;
const HEIGHT = 17;

// Boxes of frames; each is shown with every way of disposal and blending.
const BOXES = [[0, 0, WIDTH, HEIGHT], [3, 2, 11, 7], [9, 6, 14, 11], [22, 0, 1, 17], [0, 16, 23, 1], [5, 5, 1, 1]];

const u32 = (...values) => Buffer.concat(values.map((v) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(v);
    return bytes;
}));
const u16 = (...values) => Buffer.from(values.flatMap((v) => [v >> 8, v & 255]));

// Samples by frame and place: no two pixels near each other are alike, and a third of the alphas are 0 or 255.
function sample(frame, x, y, channel) {
    const mixed = (frame * 97 + x * 31 + y * 57 + channel * 83 + x * y * 7) & 255;
    if (channel !== 3) return mixed;
    return mixed < 43 ? 0 : mixed < 86 ? 255 : mixed;
}

const KINDS = {
    rgba: { colourType: 6, pixel: (f, x, y) => [0, 1, 2, 3].map((c) => sample(f, x, y, c)), before: [] },
    rgb: { colourType: 2, pixel: (f, x, y) => [0, 1, 2].map((c) => sample(f, x, y, c)), before: [] },
    palette: {
        colourType: 3,
        pixel: (f, x, y) => [sample(f, x, y, 0)],
        before: [
            chunk('PLTE', Buffer.from(Array.from({ length: 768 }, (_, i) => (i * 61) & 255))),
            chunk('tRNS', Buffer.from(Array.from({ length: 256 }, (_, i) => sample(0, i, i >> 4, 3)))),
        ],
    },
};

function data(kind, frame, width, height) {
    const rows = [];
    for (let y = 0; y < height; y++) {
        rows.push(Buffer.from([0]));
        for (let x = 0; x < width; x++) rows.push(Buffer.from(kind.pixel(frame, x, y)));
    }
    return deflateSync(Buffer.concat(rows));
}

/** An animation of that kind; hidden: the default image is no frame. exif: an eXIf's content, or null. */
function animation(kind, hidden, exif) {
    const frames = [];
    for (let dispose = 0; dispose < 3; dispose++)
        for (let blend = 0; blend < 2; blend++)
            for (const box of BOXES) frames.push({ box, dispose, blend });
    let number = 0;
    const control = ({ box: [x, y, width, height], dispose, blend }) =>
        chunk('fcTL', Buffer.concat([
            u32(number++, width, height, x, y), u16(1, 10), Buffer.from([dispose, blend]),
        ]));
    const parts = [
        chunk('IHDR', Buffer.concat([u32(WIDTH, HEIGHT), Buffer.from([8, kind.colourType, 0, 0, 0])])),
        chunk('acTL', u32(frames.length, 0)),
        ...kind.before,
    ];
    if (exif) parts.push(chunk('eXIf', exif));
    if (hidden) parts.push(chunk('IDAT', data(kind, 99, WIDTH, HEIGHT)));
    frames.forEach((frame, i) => {
        parts.push(control(frame));
        const body = data(kind, i, frame.box[2], frame.box[3]);
        if (i === 0 && !hidden) parts.push(chunk('IDAT', body));
        else parts.push(chunk('fdAT', Buffer.concat([u32(number++), body])));
    });
    parts.push(chunk('IEND'));
    return { bytes: Buffer.concat([PNG_SIGNATURE, ...parts]), frames: frames.length };
}

// Runs in the page: all frames of a file, as {width, height, duration, rgba: base64}.
async function decodeFrames(url) {
    const bytes = await (await fetch(url)).arrayBuffer();
    const decoder = new ImageDecoder({ data: bytes, type: 'image/png', preferAnimation: true });
    await decoder.tracks.ready;
    await decoder.completed;
    const frames = [];
    for (let i = 0; i < decoder.tracks.selectedTrack.frameCount; i++) {
        const { image } = await decoder.decode({ frameIndex: i });
        const out = new Uint8Array(image.allocationSize({ format: 'RGBA' }));
        await image.copyTo(out, { format: 'RGBA' });
        frames.push({
            width: image.codedWidth,
            height: image.codedHeight,
            duration: image.duration,
            rgba: btoa(String.fromCharCode(...out)),
        });
        image.close();
    }
    return frames;
}

// Colour and alpha as two pictures that turn() takes.
function planes({ width, height, rgba }) {
    const bytes = Buffer.from(rgba, 'base64');
    const colour = Buffer.alloc(width * height * 3);
    const alpha = Buffer.alloc(width * height * 3);
    for (let i = 0; i < width * height; i++) {
        bytes.copy(colour, i * 3, i * 4, i * 4 + 3);
        alpha.fill(bytes[i * 4 + 3], i * 3, i * 3 + 3);
    }
    return [colour, alpha].map((plane) => ({ width, height, data: plane }));
}

function compare(source, product, orientation) {
    if (source.length !== product.length)
        return [`${product.length} frames, not ${source.length}`];
    return source.flatMap((frame, i) => {
        if (frame.duration !== product[i].duration) return [`frame ${i} lasts ${product[i].duration} µs`];
        const wanted = planes(frame).map((plane) => turn(plane, orientation));
        const found = planes(product[i]);
        if (found[0].width !== wanted[0].width || found[0].height !== wanted[0].height)
            return [`frame ${i} is ${found[0].width}x${found[0].height}`];
        return wanted.some((plane, k) => !plane.data.equals(found[k].data)) ? [`frame ${i} differs`] : [];
    });
}

/** Turns animations of every kind by every orientation and has Chromium play them. */
export async function checkFrames(tally, browser, servers, options) {
    const before = Date.now();
    const from = join(options.scratch, 'animations');
    const to = join(options.scratch, 'animations-out');
    const cases = [];
    mkdirSync(from);
    for (const [name, kind] of Object.entries(KINDS))
        for (const hidden of [false, true]) {
            const plain = `${name}-${hidden ? 'hidden' : 'shown'}.png`;
            const { bytes, frames } = animation(kind, hidden, null);
            writeFileSync(join(from, plain), bytes);
            for (let orientation = 2; orientation <= 8; orientation++) {
                const exif = tiff({ ifds: { ifd0: [short(0x0112, orientation)] } });
                const file = plain.replace('.png', `-${orientation}.png`);
                writeFileSync(join(from, file), animation(kind, hidden, exif).bytes);
                cases.push({ file, plain, orientation, frames });
            }
        }
    const items = await normalize(options.exifnorm, from, to, join(options.scratch, 'animations.jsonl'));
    const page = await browser.newPage();
    try {
        const origin = originOf(servers.same);
        await page.goto(`${origin}/page.html`, { waitUntil: 'load', timeout: 30000 });
        const play = (path) => page.evaluate(decodeFrames, `${origin}/plain/${path}`);
        const sources = new Map();
        for (const c of cases) {
            const { outcome, error } = items.get(c.file) ?? { error: 'not in the report' };
            if (outcome !== 'lossless') {
                tally.check(c.file, [`${outcome}: ${error}`]);
                continue;
            }
            if (!sources.has(c.plain)) sources.set(c.plain, await play(`animations/${c.plain}`));
            const source = sources.get(c.plain);
            const complaints = compare(source, await play(`animations-out/${c.file}`), c.orientation);
            if (source.length !== c.frames) complaints.unshift(`Chromium sees ${source.length} frames of the source`);
            tally.check(c.file, complaints);
            // Against a test that cannot fail: unturned or turned otherwise, the frames must differ.
            if (!compare(source, source, c.orientation).length) tally.check(c.file, ['looks the same unturned']);
        }
    } finally {
        await page.close();
    }
    console.log(`${cases.length} animations played by Chromium in ${((Date.now() - before) / 1000).toFixed(0)} s`);
}
