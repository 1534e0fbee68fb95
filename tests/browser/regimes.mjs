// SPDX-License-Identifier: MIT
// The ways in which a page can show a picture, as one table. A picture is unambiguous when all of them show the same.
//
// from: same and other are two origins; blob and data are addresses of a page's own making. header: the server sends
// Access-Control-Allow-Origin. anonymous: the element asks for it. orientation: the CSS property image-orientation.

const loads = [
    { load: 'same', from: 'same' },
    { load: 'other', from: 'other' },
    { load: 'other-header', from: 'other', header: true },
    { load: 'other-header-anonymous', from: 'other', header: true, anonymous: true },
    { load: 'blob', from: 'blob' },
    { load: 'data', from: 'data' },
];

function list() {
    const regimes = [];
    const styles = ['from-image', 'none'];
    const add = (kind, load, orientation) =>
        regimes.push({ kind, ...load, orientation, name: `${kind}-${load.load}-${orientation}` });
    for (const orientation of styles) {
        for (const load of loads) add('img', load, orientation);
        for (const kind of ['background', 'svg', 'canvas'])
            for (const load of loads.slice(0, 2)) add(kind, load, orientation);
    }
    for (const ofImage of [false, true])
        for (const option of [null, 'none'])
            regimes.push({
                kind: 'bitmap',
                from: 'same',
                ofImage,
                option,
                orientation: 'from-image',
                name: `bitmap-of-${ofImage ? 'img' : 'blob'}-${option ?? 'default'}`,
            });
    return regimes;
}

export const REGIMES = list();

const named = (name) => REGIMES.find((r) => r.name === name);

/** What a browser shows by default. */
export const DEFAULT = named('img-same-from-image');

/** How large a picture is, whatever its density says. */
export const BITMAP = named('bitmap-of-blob-default');
