/* SPDX-License-Identifier: MIT */
/* Marker codes (ITU-T T.81, table B.1). */
#ifndef EXN_JPEG_MARKERS_H
#define EXN_JPEG_MARKERS_H

enum {
    EXN_MARKER_TEM = 0x01,
    EXN_MARKER_SOF0 = 0xC0, /* baseline; SOF1 extended, SOF2 progressive */
    EXN_MARKER_DHT = 0xC4,
    EXN_MARKER_SOF9 = 0xC9, /* arithmetic: SOF9 sequential, SOF10 progressive */
    EXN_MARKER_DAC = 0xCC,
    EXN_MARKER_RST0 = 0xD0,
    EXN_MARKER_RST7 = 0xD7,
    EXN_MARKER_SOI = 0xD8,
    EXN_MARKER_EOI = 0xD9,
    EXN_MARKER_SOS = 0xDA,
    EXN_MARKER_DQT = 0xDB,
    EXN_MARKER_DNL = 0xDC,
    EXN_MARKER_DRI = 0xDD,
    EXN_MARKER_APP0 = 0xE0,
    EXN_MARKER_APP1 = 0xE1,
    EXN_MARKER_APP2 = 0xE2,
    EXN_MARKER_APP11 = 0xEB,
    EXN_MARKER_APP15 = 0xEF,
    EXN_MARKER_COM = 0xFE,
};

#endif
