/* SPDX-License-Identifier: MIT */
/* One XMP packet: what counts as an orientation in it, that an edit cuts it out and nothing else,
 * and that regions follow the pixels.
 *
 * Oracles: the words of the packets themselves; exn_orientation_point() for regions; xmllint for
 * well-formedness and exiftool for what another reader sees, where they are installed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "metadata/xmp.h"
#include "metadata/xmp_text.h"
#include "support/proc.h"

#define TIFF   "xmlns:tiff='http://ns.adobe.com/tiff/1.0/'"
#define EXIF   "xmlns:exif='http://ns.adobe.com/exif/1.0/'"
#define RDF_NS "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'"
#define OPEN                                                                                       \
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF " RDF_NS "><rdf:Description rdf:about='' "
#define SHUT     "</rdf:Description></rdf:RDF></x:xmpmeta>"
#define EMPTY    "/></rdf:RDF></x:xmpmeta>"
#define BEGIN    "<?xpacket begin='\xEF\xBB\xBF' id='W5M0MpCehiHzreSzNTczkc9d'?>\n"
#define END      "<?xpacket end='w'?>"
#define PADDING  "\n                                                  \n"
#define AREA_URI "http://ns.adobe.com/xmp/sType/Area#"
#define AREA_NS  "xmlns:stArea='" AREA_URI "' "
#define MWG_NS                                                                                     \
    "xmlns:mwg-rs='http://www.metadataworkinggroup.com/schemas/regions/' " AREA_NS                 \
    "xmlns:stDim='http://ns.adobe.com/xap/1.0/sType/Dimensions#' "
#define MP_NS                                                                                      \
    "xmlns:MP='http://ns.microsoft.com/photo/1.2/' "                                               \
    "xmlns:MPRI='http://ns.microsoft.com/photo/1.2/t/RegionInfo#' "                                \
    "xmlns:MPReg='http://ns.microsoft.com/photo/1.2/t/Region#' "

#define PANO_NS "xmlns:GPano='http://ns.google.com/photos/1.0/panorama/' "
#define IPTC_NS "xmlns:Iptc4xmpExt='http://iptc.org/std/Iptc4xmpExt/2008-02-29/' "

#define NO_INPUT ((exn_span){(const uint8_t *)"", 0})

enum { WIDTH = 100, HEIGHT = 50 };

/* --- Packets as five programs lay them out --- */

static const char lightroom[] = BEGIN
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\" x:xmptk=\"Adobe XMP Core 5.6-c140\">\n"
    " <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
    "  <rdf:Description rdf:about=\"\"\n"
    "    xmlns:tiff=\"http://ns.adobe.com/tiff/1.0/\"\n"
    "    xmlns:exif=\"http://ns.adobe.com/exif/1.0/\"\n"
    "    xmlns:xmpMM=\"http://ns.adobe.com/xap/1.0/mm/\"\n"
    "    xmlns:stEvt=\"http://ns.adobe.com/xap/1.0/sType/ResourceEvent#\"\n"
    "   tiff:Make=\"Maker\"\n   tiff:Orientation=\"6\"\n   tiff:ImageWidth=\"100\"\n"
    "   tiff:ImageLength=\"50\"\n   exif:PixelXDimension=\"100\"\n   exif:PixelYDimension=\"50\"\n"
    "   exif:ExposureTime=\"1/125\">\n"
    "   <xmpMM:History><rdf:Seq><rdf:li stEvt:action=\"saved\" stEvt:when=\"2020-01-02\"/>"
    "</rdf:Seq></xmpMM:History>\n"
    "  </rdf:Description>\n </rdf:RDF>\n</x:xmpmeta>" PADDING END;

static const char apple[] =
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\" x:xmptk=\"XMP Core 6.0.0\">\n"
    "   <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
    "      <rdf:Description rdf:about=\"\"\n"
    "            xmlns:mwg-rs=\"http://www.metadataworkinggroup.com/schemas/regions/\"\n"
    "            xmlns:stArea=\"http://ns.adobe.com/xmp/sType/Area#\"\n"
    "            xmlns:stDim=\"http://ns.adobe.com/xap/1.0/sType/Dimensions#\"\n"
    "            xmlns:tiff=\"http://ns.adobe.com/tiff/1.0/\">\n"
    "         <tiff:Orientation>6</tiff:Orientation>\n"
    "         <mwg-rs:Regions rdf:parseType=\"Resource\">\n"
    "            <mwg-rs:RegionList><rdf:Seq><rdf:li rdf:parseType=\"Resource\">\n"
    "               <mwg-rs:Area rdf:parseType=\"Resource\">\n"
    "                  <stArea:y>0.69</stArea:y>\n                  <stArea:w>0.0625</stArea:w>\n"
    "                  <stArea:x>0.4821</stArea:x>\n                  <stArea:h>0.083</stArea:h>\n"
    "                  <stArea:unit>normalized</stArea:unit>\n"
    "               </mwg-rs:Area>\n               <mwg-rs:Type>Face</mwg-rs:Type>\n"
    "            </rdf:li></rdf:Seq></mwg-rs:RegionList>\n"
    "            <mwg-rs:AppliedToDimensions rdf:parseType=\"Resource\">\n"
    "               <stDim:h>50</stDim:h><stDim:w>100</stDim:w><stDim:unit>pixel</stDim:unit>\n"
    "            </mwg-rs:AppliedToDimensions>\n         </mwg-rs:Regions>\n"
    "      </rdf:Description>\n   </rdf:RDF>\n</x:xmpmeta>\n";

static const char digikam[] = BEGIN
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\" x:xmptk=\"XMP Core 4.4.0-Exiv2\">\n"
    " <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
    "  <rdf:Description rdf:about=\"\" xmlns:digiKam=\"http://www.digikam.org/ns/1.0/\"\n"
    "    xmlns:tiff=\"http://ns.adobe.com/tiff/1.0/\" xmlns:exif=\"http://ns.adobe.com/exif/1.0/\" "
    "\n"
    "    " MP_NS MWG_NS "\n"
    "    digiKam:PickLabel=\"0\" tiff:Orientation=\"8\" tiff:ImageWidth=\"100\" "
    "exif:Orientation=\"8\">\n"
    "   <MP:RegionInfo rdf:parseType=\"Resource\"><MPRI:Regions><rdf:Bag>\n"
    "     <rdf:li MPReg:PersonDisplayName=\"Ann\" MPReg:Rectangle=\"0.25, 0.1, 0.125, 0.3\"/>\n"
    "   </rdf:Bag></MPRI:Regions></MP:RegionInfo>\n"
    "   <mwg-rs:Regions rdf:parseType=\"Resource\">\n"
    "    <mwg-rs:AppliedToDimensions stDim:w=\"100\" stDim:h=\"50\" stDim:unit=\"pixel\"/>\n"
    "    <mwg-rs:RegionList><rdf:Bag><rdf:li><rdf:Description mwg-rs:Name=\"Ann\" "
    "mwg-rs:Type=\"Face\">\n"
    "     <mwg-rs:Area stArea:x=\"0.3125\" stArea:y=\"0.25\" stArea:w=\"0.125\" stArea:h=\"0.3\""
    " stArea:unit=\"normalized\"/>\n"
    "    </rdf:Description></rdf:li></rdf:Bag></mwg-rs:RegionList>\n"
    "   </mwg-rs:Regions>\n"
    "  </rdf:Description>\n </rdf:RDF>\n</x:xmpmeta>" PADDING END;

static const char windows[] =
    "<?xpacket begin='\xEF\xBB\xBF' id='W5M0MpCehiHzreSzNTczkc9d'?>\r\n"
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/"
    "22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"uuid:faf5bdd5\" xmlns:tiff=\""
    "http://ns.adobe.com/tiff/1.0/\"><tiff:Orientation>3</tiff:Orientation></rdf:Description>"
    "<rdf:Description xmlns:MP=\"http://ns.microsoft.com/photo/1.2/\"><MP:RegionInfo>"
    "<rdf:Description><MPRI:Regions xmlns:MPRI=\"http://ns.microsoft.com/photo/1.2/t/RegionInfo#\">"
    "<rdf:Bag><rdf:li><rdf:Description><MPReg:Rectangle xmlns:MPReg=\""
    "http://ns.microsoft.com/photo/1.2/t/Region#\">0.345313, 0.234375, 0.162500, 0.216667"
    "</MPReg:Rectangle></rdf:Description></rdf:li></rdf:Bag></MPRI:Regions></rdf:Description>"
    "</MP:RegionInfo></rdf:Description></rdf:RDF></x:xmpmeta>\r\n" PADDING "<?xpacket end='w'?>";

static const char picasa[] =
    BEGIN "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\" x:xmptk=\"XMP Core 5.5.0\">\n"
          "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
          "<rdf:Description rdf:about=\"\" xmlns:exif=\"http://ns.adobe.com/exif/1.0/\"\n"
          " xmlns:t=\"http://ns.adobe.com/tiff/1.0/\" t:Orientation='5'>\n"
          "<exif:PixelXDimension>100</exif:PixelXDimension>\n"
          "<exif:PixelYDimension>50</exif:PixelYDimension>\n"
          "<mwg-rs:Regions rdf:parseType=\"Resource\" " MWG_NS ">\n"
          "<mwg-rs:RegionList><rdf:Bag><rdf:li rdf:parseType=\"Resource\"><mwg-rs:Area>"
          "<rdf:Description stArea:x=\".5\" stArea:y=\"1e-1\" stArea:d=\"0.2\" "
          "stArea:unit=\"normalized\"/>"
          "</mwg-rs:Area></rdf:li></rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>\n"
          "</rdf:Description></rdf:RDF></x:xmpmeta>" PADDING END;

static const char *const packets[] = {lightroom, apple, digikam, windows, picasa};
enum { PACKETS = sizeof packets / sizeof *packets };

/* --- Support --- */

/* An edit of a copy of exactly its size, so that a sanitizer sees every byte read behind it. */
typedef struct job {
    uint8_t *data;
    exn_span in;
    exn_xmp found;
    exn_xmp_edited edited;
    exn_buffer out;
} job;

static job work_bytes(const void *bytes, size_t size, uint32_t orientation)
{
    job j = {.data = malloc(size)};
    const exn_xmp_turn turn = {
        .o = exn_orientation_from_exif(orientation), .width = WIDTH, .height = HEIGHT};

    assert_true(size == 0 || j.data);
    if (size > 0)
        memcpy(j.data, bytes, size);
    j.in = (exn_span){j.data, size};
    exn_xmp_scan(j.in, NULL, &j.found);
    assert_int_equal(exn_xmp_edit(j.in, &turn, &j.out, &j.edited), EXN_OK);
    assert_true(size == 0 || memcmp(j.data, bytes, size) == 0);
    return j;
}

static job work(const char *packet, uint32_t orientation)
{
    return work_bytes(packet, strlen(packet), orientation);
}

static void done(job *j)
{
    free(j->data);
    exn_buffer_free(&j->out);
}

static bool holds(const job *j, const char *word)
{
    return j->out.size > 0 && memmem(j->out.data, j->out.size, word, strlen(word));
}

/* What the packet is after an edit with the identity, or NULL for UNCHANGED or UNSAFE. */
static void expect(const char *packet, uint32_t orientation, exn_xmp_verdict verdict,
                   const char *after)
{
    job j = work(packet, 1);
    const bool clean = verdict == EXN_XMP_UNCHANGED || strstr(packet, "=\"1\"") != NULL;

    assert_int_equal(j.found.orientation, orientation);
    assert_int_equal(j.edited.verdict, verdict);
    assert_int_equal(j.found.needs_edit, !clean);
    assert_int_equal(j.found.unsafe, verdict == EXN_XMP_UNSAFE);
    if (verdict == EXN_XMP_EDITED) {
        assert_int_equal(j.out.size, strlen(packet));
        assert_memory_equal(j.out.data, after, j.out.size);
    } else {
        assert_int_equal(j.out.size, 0);
    }
    done(&j);
}

/* Expects the one orientation, written as `form`, to become blanks. */
static void expect_cut(const char *before, const char *form, const char *behind,
                       uint32_t orientation)
{
    char packet[2048], after[2048];

    snprintf(packet, sizeof packet, "%s%s%s", before, form, behind);
    snprintf(after, sizeof after, "%s%*s%s", before, (int)strlen(form), "", behind);
    expect(packet, orientation, EXN_XMP_EDITED, after);
}

static void expect_kept(const char *packet)
{
    expect(packet, 0, EXN_XMP_UNCHANGED, NULL);
}

/* --- What counts, and how it is cut out --- */

static void attributes(void **state)
{
    (void)state;
    expect_cut(OPEN TIFF " ", "tiff:Orientation=\"6\"", EMPTY, 6);
    expect_cut(OPEN TIFF " ", "tiff:Orientation='6'", EMPTY, 6);
    expect_cut(OPEN TIFF " ", "tiff:Orientation = \n\t ' 8 '", EMPTY, 8);
    expect_cut(OPEN, "tiff:Orientation='3'", " " TIFF EMPTY, 3);
    expect_cut(OPEN "xmlns:q=\"http://ns.adobe.com/tiff/1.0/\" ", "q:Orientation='2'", EMPTY, 2);
    expect_cut(OPEN "xmlns:q=\"http://ns.adobe.com/tiff/1&#46;0/\" ", "q:Orientation='2'", EMPTY,
               2);
    expect_cut(OPEN "xmlns:q=\"http://ns.adobe.com/tiff/1.0\" ", "q:Orientation='2'", EMPTY, 2);
    expect_cut(OPEN TIFF " ", "tiff:Orientation='&#54;'", EMPTY, 6);
    expect_cut(OPEN TIFF " ", "tiff:Orientation='&#x37;'", EMPTY, 7);
    expect_cut(OPEN TIFF " ", "tiff:Orientation='&six;'", EMPTY, 0);
    expect_cut(OPEN TIFF " ", "tiff:Orientation='9'", EMPTY, 0);
    expect_cut(OPEN TIFF " ", "tiff:Orientation=''", EMPTY, 0);
    expect_cut(OPEN TIFF " ", "tiff:Orientation='1.0'", EMPTY, 0);
    expect_cut(OPEN EXIF " ", "exif:Orientation='6'", EMPTY, 0);
    expect_cut(OPEN "><a b='1'><rdf:li " TIFF " ", "tiff:Orientation='6'", "/></a>" SHUT, 6);
    /* exiftool takes an unbound prefix of the usual name at its word. */
    expect_cut(OPEN, "tiff:Orientation='6'", EMPTY, 6);
    /* exiv2 also where it is bound to what nobody knows. */
    expect_cut(OPEN "xmlns:tiff='https://ns.adobe.com/tiff/1.0/' ", "tiff:Orientation='6'", EMPTY,
               6);
    /* exiftool takes any version, slash and case. */
    expect_cut(OPEN "xmlns:q='http://ns.adobe.com/tiff/12.34//' ", "q:Orientation='6'", EMPTY, 6);
    expect_cut(OPEN TIFF " ", "tiff:orientation='6'", EMPTY, 6);
    expect_cut(OPEN EXIF " ", "exif:ORIENTATION='6'", EMPTY, 0);
}

static void elements(void **state)
{
    (void)state;
    expect_cut(OPEN TIFF ">", "<tiff:Orientation>6</tiff:Orientation>", SHUT, 6);
    expect_cut(OPEN TIFF ">", "<tiff:Orientation\n>\n6\n</tiff:Orientation >", SHUT, 6);
    expect_cut(OPEN ">", "<q:Orientation xmlns:q='http://ns.adobe.com/tiff/1.0/'>4</q:Orientation>",
               SHUT, 4);
    expect_cut(OPEN ">", "<Orientation xmlns='http://ns.adobe.com/tiff/1.0/'>4</Orientation>", SHUT,
               4);
    expect_cut(OPEN TIFF ">", "<tiff:Orientation><![CDATA[6]]></tiff:Orientation>", SHUT, 6);
    expect_cut(OPEN TIFF ">", "<tiff:Orientation><!-- 1 -->6</tiff:Orientation>", SHUT, 6);
    expect_cut(OPEN TIFF ">", "<tiff:Orientation>&#54;</tiff:Orientation>", SHUT, 6);
    expect_cut(OPEN TIFF ">", "<tiff:Orientation/>", SHUT, 0);
    expect_cut(OPEN TIFF ">", "<tiff:Orientation rdf:value='7'/>", SHUT, 7);
    expect_cut(OPEN TIFF ">", "<tiff:Orientation rdf:value='1'/>", SHUT, 1);
    expect_cut(OPEN TIFF ">", "<tiff:Orientation xml:lang='en'>1</tiff:Orientation>", SHUT, 1);
    expect_cut(OPEN TIFF ">",
               "<tiff:Orientation rdf:parseType='Resource'><rdf:value>6</rdf:value><a/>"
               "</tiff:Orientation>",
               SHUT, 6);
    expect_cut(OPEN TIFF ">",
               "<tiff:Orientation><rdf:Description tiff:Orientation='5'><rdf:value>6</rdf:value>"
               "</rdf:Description></tiff:Orientation>",
               SHUT, 6);
}

/* A value of 1 asks for no edit, but goes with one. */
static void ones(void **state)
{
    (void)state;
    expect_cut(OPEN TIFF " ", "tiff:Orientation=\"1\"", EMPTY, 1);
    job j = work(OPEN TIFF " " EXIF " exif:Orientation=' 1 '><tiff:Orientation> 1\n"
                           "</tiff:Orientation>" SHUT,
                 1);
    assert_false(j.found.needs_edit);
    assert_int_equal(j.edited.verdict, EXN_XMP_EDITED);
    assert_false(holds(&j, "Orientation"));
    done(&j);
    j = work(OPEN TIFF " tiff:Orientation='1'><a><b tiff:Orientation='6'/></a>" SHUT, 1);
    assert_true(j.found.needs_edit);
    assert_int_equal(j.found.orientation, 1);
    assert_false(holds(&j, "Orientation"));
    done(&j);
}

static void what_does_not_count(void **state)
{
    (void)state;
    expect_kept("");
    expect_kept(OPEN TIFF EMPTY);
    expect_kept(OPEN "q:Orientation='6'" EMPTY);
    expect_kept(OPEN "Orientation='6' xmlns='http://ns.adobe.com/tiff/1.0/'" EMPTY);
    expect_kept(OPEN "xmlns:q='http://example.com/' q:Orientation='6'" EMPTY);
    expect_kept(OPEN "xmlns:tiff='" AREA_URI "' tiff:Orientation='6'" EMPTY);
    expect_kept(OPEN "xmlns:q='http://ns.adobe.com/tiff/1' q:Orientation='6'" EMPTY);
    expect_kept(OPEN "xmlns:q='http://ns.adobe.com/tiff/1.0/0' q:Orientation='6'" EMPTY);
    expect_kept(OPEN "><a xmlns:q='http://ns.adobe.com/tiff/1.0/'/><q:Orientation>6"
                     "</q:Orientation>" SHUT);
    expect_kept(OPEN TIFF
                "><!-- tiff:Orientation='6' <tiff:Orientation>6</tiff:Orientation> -->" SHUT);
    expect_kept(OPEN TIFF "><a><![CDATA[<tiff:Orientation>6</tiff:Orientation>]]></a>" SHUT);
    expect_kept(OPEN TIFF "><?pi <tiff:Orientation>6</tiff:Orientation> ?>" SHUT);
    expect_kept(OPEN TIFF " a=\"tiff:Orientation='6'\"><b>tiff:Orientation='6'</b>" SHUT);
    expect_kept("<!DOCTYPE x>" OPEN TIFF " tiff:SceneOrientation='6' tiff:Orientations='6'" EMPTY);
    /* A bracket in quotes begins no declarations. */
    expect_cut("<!DOCTYPE x SYSTEM '[>'>" OPEN TIFF " ", "tiff:Orientation='6'", EMPTY, 6);
    /* The inner binding ends with its element. */
    expect_cut(OPEN "xmlns:q='http://ns.adobe.com/tiff/1.0/'><a xmlns:q='urn:b'><q:Orientation>6"
                    "</q:Orientation></a>",
               "<q:Orientation>6</q:Orientation>", SHUT, 6);
}

/* --- What takes too long --- */

static char *repeated(const char *before, const char *each, size_t count, const char *behind)
{
    const size_t size = strlen(each);
    char *words = malloc(strlen(before) + count * size + strlen(behind) + 1);
    assert_non_null(words);
    char *end = stpcpy(words, before);
    for (; count > 0; count--)
        end = stpcpy(end, each);
    strcpy(end, behind);
    return words;
}

/* Names of elements or attributes that are looked up among many prefixes. */
static void many_prefixes(void **state)
{
    (void)state;
    for (int n = 0; n < 6; n++) {
        const size_t prefixes = n & 1 ? 200 : 20;
        const bool alike = n >= 4; /* one name again and again is looked up once */
        char head[12000] = OPEN TIFF, *end = head + strlen(head);
        for (size_t i = 0; i < prefixes; i++)
            end += sprintf(end, " xmlns:p%zu='urn:p'", i);
        strcpy(end, n & 2 ? " tiff:Orientation='6'><a" : " tiff:Orientation='6'>");
        char *words = n & 2 ? repeated(head, " zz:w='' yy:w=''", 20000, "/>" SHUT)
                            : repeated(head, alike ? "<zz:w/>" : "<zz:w/><yy:w/>", 20000, SHUT);
        exn_xmp found;
        exn_xmp_scan((exn_span){(const uint8_t *)words, strlen(words)}, NULL, &found);
        assert_true(found.needs_edit);
        assert_int_equal(found.unsafe, prefixes > 100 && !alike);
        free(words);
    }
}

/* So many numbers to map are no regions of faces: they stay, and an orientation among them goes
 * alone. */
static void many_regions(void **state)
{
    (void)state;
    for (int n = 0; n < 4; n++) {
        const size_t count = n & 1 ? 20000 : 10000;
        char *words = repeated(n & 2 ? OPEN MP_NS TIFF " tiff:Orientation='6'>" : OPEN MP_NS ">",
                               "<a MPReg:Rectangle='0.1, 0.2, 0.3, 0.4'/>", count, SHUT);
        const exn_xmp_turn turn = {.o = exn_orientation_from_exif(6),
                                   .width = WIDTH,
                                   .height = HEIGHT,
                                   .max_size = INT32_MAX};
        exn_xmp_edited edited;
        exn_buffer out = {0};
        const exn_span packet = {(const uint8_t *)words, strlen(words)};
        assert_int_equal(exn_xmp_edit(packet, &turn, &out, &edited), EXN_OK);
        assert_int_equal(edited.verdict, count == 10000 ? EXN_XMP_EDITED
                                         : n & 2        ? EXN_XMP_EDITED
                                                        : EXN_XMP_UNCHANGED);
        assert_true(edited.stale == (count == 20000));
        assert_true((out.size > 0) == (edited.verdict == EXN_XMP_EDITED));
        if (n == 3) { /* only the orientation went */
            assert_int_equal(out.size, packet.size);
            memset(strstr(words, "tiff:Orientation='6'"), ' ', 20);
            assert_memory_equal(out.data, words, out.size);
        }
        exn_buffer_free(&out);
        free(words);
    }
}

/* --- What cannot be walked --- */

/* Not well formed before or after the property, which a search finds. */
static const struct {
    const char *before, *property, *after;
} torn[] = {
    {OPEN TIFF ">", "<tiff:Orientation>6</tiff:Orientation>", ""},
    {OPEN TIFF ">", "<Orientation >6</Orientation\n >", ""},
    {OPEN TIFF "><a&b c>x</a&b c>", "<exif:Orientation a='>'>Top-left</exif:Orientation>", SHUT},
    {OPEN TIFF ">", "<tiff:Orientation rdf:value='6'/>", "<a b></a>" SHUT},
    {OPEN TIFF " a='<' ", "tiff:Orientation='6'", EMPTY},
    {OPEN TIFF " ", "tiff:Orientation='6'", "></a>" SHUT},
    {OPEN TIFF " ", "tiff:orientation = \"'6\"", "><a></b>" SHUT},
    {OPEN TIFF ">", "<tiff:Orientation>6</tiff:Orientation>", "<" SHUT},
    {OPEN TIFF ">", "<tiff:Orientation>6</tiff:Orientation>", "<!--" SHUT},
    {OPEN TIFF ">", "<tiff:Orientation>6</tiff:Orientation>", "<![CDATA[" SHUT},
    {"<!DOCTYPE x [<!ENTITY o '6'>]>" OPEN TIFF " ", "tiff:Orientation='&o;'", EMPTY},
};

/* The regions of a torn packet stay as they are: the warning says so. */
static void torn_packets_keep_the_rest(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof torn / sizeof *torn; i++) {
        char packet[1024], want[1024];
        const int blanks = (int)strlen(torn[i].property);
        snprintf(packet, sizeof packet, "%s%s%s", torn[i].before, torn[i].property, torn[i].after);
        snprintf(want, sizeof want, "%s%*s%s", torn[i].before, blanks, "", torn[i].after);
        job j = work(packet, 6);
        assert_true(j.found.unsafe && j.found.needs_edit);
        if (j.edited.verdict != EXN_XMP_EDITED)
            fail_msg("packet %zu was not cut", i);
        assert_true(j.edited.stale);
        assert_int_equal(j.out.size, strlen(want));
        assert_memory_equal(j.out.data, want, j.out.size);
        done(&j);
    }
}

/* What no search finds the end of, and what a reader may put together itself. */
static void malformed(void **state)
{
    static const char *const bad[] = {
        OPEN TIFF " tiff:Orientation=6" EMPTY,
        OPEN TIFF " tiff:Orientation='6" EMPTY,
        OPEN TIFF "><tiff:Orientation><rdf:Bag><rdf:li>6</rdf:li></rdf:Bag></tiff:Orientation>",
        OPEN TIFF "><tiff:Orientation>6</b></tiff:Orientation>" SHUT,
        "<!DOCTYPE x [<!ATTLIST a tiff:Orientation CDATA '6'>]>" OPEN TIFF EMPTY,
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        job j = work(bad[i], 6);
        assert_int_equal(j.edited.verdict, EXN_XMP_UNSAFE);
        assert_true(j.found.unsafe && j.found.needs_edit);
        assert_int_equal(j.out.size, 0);
        done(&j);
    }
    expect_kept(OPEN "></a>" SHUT);
    expect_kept(OPEN "exif:x=6" SHUT);
    expect_kept("<!DOCTYPE x [<!ENTITY o '6'>]>" OPEN EMPTY);
    /* The word in a text, and other words that end so. */
    expect_kept(OPEN "></a>the Orientation of a house: west" SHUT);
    expect_kept(OPEN "></a><x:ImageOrientation>6</x:ImageOrientation>" SHUT);
    /* Truncated packets that say 1 are common. */
    job j = work(OPEN TIFF " tiff:Orientation=\"1\"><tiff:Orientation>1</tiff:Orientation>", 1);
    assert_int_equal(j.edited.verdict, EXN_XMP_UNCHANGED);
    assert_false(j.found.needs_edit);
    done(&j);
}

static void append(exn_buffer *b, const char *word)
{
    assert_int_equal(exn_buffer_append(b, word, strlen(word)), EXN_OK);
}

static void bounds(void **state)
{
    (void)state;
    for (int over = 0; over < 2; over++) {
        exn_buffer deep = {0}, wide = {0};
        for (int i = 0; i < 63 + over; i++)
            append(&deep, "<a>");
        append(&deep, "<b " TIFF " tiff:Orientation='6'/>");
        for (int i = 0; i < 63 + over; i++)
            append(&deep, "</a>");
        append(&wide, "<a " TIFF " tiff:Orientation='6'");
        for (int i = 0; i < 255 + over; i++)
            append(&wide, " xmlns:b='c'");
        append(&wide, "/>");
        job j = work_bytes(deep.data, deep.size, 1), k = work_bytes(wide.data, wide.size, 1);
        assert_true(j.found.unsafe == over && k.found.unsafe == over);
        assert_int_equal(j.edited.verdict, EXN_XMP_EDITED);
        assert_int_equal(k.edited.verdict, EXN_XMP_EDITED);
        done(&j);
        done(&k);
        exn_buffer_free(&deep);
        exn_buffer_free(&wide);
    }
}

/* The packet in units of 2 or 4 bytes, with or without a byte-order mark. */
static job work_wide(const char *packet, size_t unit, bool big_endian, bool mark)
{
    const size_t count = strlen(packet);
    uint8_t *const wide = calloc(count + 1, unit);
    const size_t low = big_endian ? unit - 1 : 0;

    assert_non_null(wide);
    wide[big_endian ? unit - 2 : 0] = big_endian ? 0xFE : 0xFF;
    wide[big_endian ? unit - 1 : 1] = big_endian ? 0xFF : 0xFE;
    for (size_t i = 0; i < count; i++)
        wide[(i + 1) * unit + low] = (uint8_t)packet[i];
    const job j = work_bytes(wide + (mark ? 0 : unit), (count + mark) * unit, 1);
    free(wide);
    return j;
}

static void wide_characters(void **state)
{
    static const struct {
        const char *packet;
        exn_xmp_verdict verdict;
    } rows[] = {
        {OPEN TIFF " tiff:Orientation='6'" EMPTY, EXN_XMP_UNSAFE},
        {OPEN TIFF "><tiff:Orientation>6</tiff:Orientation>" SHUT, EXN_XMP_UNSAFE},
        {OPEN TIFF "><tiff:Orientation>1</tiff:Orientation>" SHUT, EXN_XMP_UNCHANGED},
        {OPEN TIFF " tiff:Orientation='1'" EMPTY, EXN_XMP_UNCHANGED},
        {OPEN TIFF EMPTY, EXN_XMP_UNCHANGED},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows * 8; i++) {
        job j = work_wide(rows[i / 8].packet, i & 1 ? 2 : 4, i & 2, i & 4);
        assert_int_equal(j.edited.verdict, rows[i / 8].verdict);
        assert_int_equal(j.found.unsafe, rows[i / 8].verdict == EXN_XMP_UNSAFE);
        done(&j);
    }
    /* Characters of 16 bits that read as a comment in 8. */
    const char hidden[] = "\xFE\xFF<!--\0<\0O\0r\0i\0e\0n\0t\0a\0t\0i\0o\0n\0>\0"
                          "6-->";
    job j = work_bytes(hidden, sizeof hidden - 1, 1);
    assert_int_equal(j.edited.verdict, EXN_XMP_UNSAFE);
    done(&j);
}

static void bad_text_passes(void **state)
{
    (void)state;
    expect_cut(OPEN TIFF " a='\xFF\xC3\x28\x80' ", "tiff:Orientation='6'",
               "><b\xE9>\xE9t\xE9 \xF8</b\xE9>" SHUT, 6);
    const char tail[] = OPEN TIFF " tiff:Orientation='6'" EMPTY "\0\0\0\x01";
    job j = work_bytes(tail, sizeof tail, 1);
    assert_int_equal(j.edited.verdict, EXN_XMP_EDITED);
    assert_memory_equal(j.out.data + j.out.size - 5, "\0\0\0\x01", 5);
    done(&j);
}

static void other_findings(void **state)
{
    const char guid[] = "0123456789ABCDEF0123456789ABCDEF";
    (void)state;
    job j = work(OPEN "xmlns:n='http://ns.adobe.com/xmp/note/' "
                      "n:HasExtendedXMP=' 0123456789ABCDEF0123456789ABCDEF'" EMPTY,
                 6);
    assert_int_equal(j.found.extended_guid.size, 32);
    assert_memory_equal(j.found.extended_guid.data, guid, 32);
    assert_false(j.found.multi_picture);
    done(&j);
    j = work(OPEN "><n:HasExtendedXMP xmlns:n='http://ns.adobe.com/xmp/note/'>"
                  "0123456789ABCDEF0123456789ABCDEF</n:HasExtendedXMP>"
                  "<C:Directory xmlns:C='http://ns.google.com/photos/1.0/container/'/>" SHUT,
             6);
    assert_int_equal(j.found.extended_guid.size, 32);
    assert_true(j.found.multi_picture);
    assert_int_equal(j.edited.verdict, EXN_XMP_UNCHANGED);
    done(&j);
    j = work(OPEN "><C:Directory xmlns:C='http://example.com/'/>" SHUT, 6);
    assert_false(j.found.multi_picture);
    done(&j);
}

/* --- Sizes, numbers and padding --- */

#define SIZES                                                                                      \
    OPEN TIFF " " EXIF " tiff:ImageWidth='9' exif:PixelYDimension='50'><tiff:ImageLength>50"       \
              "</tiff:ImageLength><exif:PixelXDimension> 100 </exif:PixelXDimension>"              \
              "<a><rdf:Description tiff:ImageWidth='7'/></a>" SHUT

static void sizes(void **state)
{
    (void)state;
    job j = work(SIZES, 6);
    assert_int_equal(j.edited.verdict, EXN_XMP_EDITED);
    assert_false(j.edited.stale);
    assert_true(
        holds(&j, " tiff:ImageWidth='50' exif:PixelYDimension='100'><tiff:ImageLength>100</"));
    assert_true(holds(&j, "<exif:PixelXDimension> 50 </exif:PixelXDimension>"));
    assert_true(holds(&j, "tiff:ImageWidth='7'"));
    done(&j);
    j = work(SIZES, 3);
    assert_true(holds(&j, "tiff:ImageWidth='100' exif:PixelYDimension='50'>"));
    done(&j);
    j = work(SIZES, 1);
    assert_int_equal(j.edited.verdict, EXN_XMP_UNCHANGED);
    done(&j);
    j = work(OPEN TIFF
             " tiff:ImageWidth='wide'><tiff:ImageLength>5<!-- -->0</tiff:ImageLength>" SHUT,
             6);
    assert_int_equal(j.edited.verdict, EXN_XMP_UNCHANGED);
    assert_true(j.edited.stale);
    done(&j);
}

/* One grown digit after another against ever less padding. */
static void padding(void **state)
{
    const char body[] = OPEN TIFF " tiff:ImageLength='5' tiff:Orientation='6'" EMPTY;
    (void)state;
    for (int room = 0; room < 5; room++) {
        char packet[512], want[512];
        snprintf(packet, sizeof packet, "%s%*s%s", body, room, "", END);
        snprintf(want, sizeof want, "%s%*s%s",
                 OPEN TIFF " tiff:ImageLength='100'                     " EMPTY,
                 room < 2 ? 0 : room - 2, "", END);
        job j = work(packet, 6);
        assert_int_equal(j.out.size, strlen(want));
        assert_memory_equal(j.out.data, want, j.out.size);
        assert_int_equal(j.out.size, strlen(packet) + (size_t)(room < 2 ? 2 - room : 0));
        done(&j);
    }
    job j = work(OPEN TIFF " tiff:ImageWidth='00100'" EMPTY "\n" END, 6);
    assert_true(holds(&j, "tiff:ImageWidth='50'" EMPTY "\n   " END));
    done(&j);
    j = work(OPEN TIFF " tiff:ImageWidth='00100'" EMPTY, 6);
    assert_int_equal(j.out.size, j.in.size - 3);
    done(&j);
}

#define AREA(fields) OPEN MWG_NS "><mwg-rs:Area " fields "/>" SHUT

static void numbers(void **state)
{
    static const struct {
        const char *x, *mirrored; /* by orientation 2; NULL: left, with a warning */
    } rows[] = {
        {"0.25", "0.75"},
        {"0", "1"},
        {"1", "0"},
        {"1.0", "0.0"},
        {".5", "0.5"},
        {"0.500000", "0.500000"},
        {"0.1234567890123456", "0.8765432109876544"},
        {"0.01234567890123456789", "0.987654321098765432"},
        {"1.5e-05", "0.999985"},
        {"25E-2", "0.75"},
        {"+0.3", "0.7"},
        {"-0.05", "1.05"},
        {"1.05", "-0.05"},
        {"&#48;.4", "0.6"},
        {" 0.4 ", " 0.6 "},
        {"0,25", NULL},
        {"", NULL},
        {".", NULL},
        {"1e", NULL},
        {"0.5x", NULL},
        {"nan", NULL},
        {"1e99", NULL},
        {"99999999999999999999", NULL},
        {"0.50000000000000000000000000000000000000000000", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char packet[1024], want[1024];
        const char *form = AREA("stArea:x='%s' stArea:y='0.1'");
        snprintf(packet, sizeof packet, form, rows[i].x);
        snprintf(want, sizeof want, form, rows[i].mirrored ? rows[i].mirrored : "");
        job j = work(packet, 2);
        assert_int_equal(j.edited.stale, !rows[i].mirrored);
        if (rows[i].mirrored && j.edited.verdict == EXN_XMP_EDITED) {
            assert_int_equal(j.out.size, strlen(want));
            assert_memory_equal(j.out.data, want, j.out.size);
        } else {
            assert_true(!rows[i].mirrored || strcmp(packet, want) == 0);
            assert_int_equal(j.edited.verdict, EXN_XMP_UNCHANGED);
        }
        done(&j);
    }
}

/* --- Regions --- */

/* Pixels x0..x1, y0..y1 of the stored picture, moved: the oracle for all regions. */
static void move_box(uint32_t orientation, double box[4])
{
    const exn_orientation o = exn_orientation_from_exif(orientation);
    uint32_t x0 = 7, y0 = 11, x1 = 29, y1 = 19, width = WIDTH, height = HEIGHT;

    exn_orientation_point(o, width, height, &x0, &y0);
    exn_orientation_point(o, width, height, &x1, &y1);
    exn_orientation_size(o, &width, &height);
    box[0] = x0 < x1 ? x0 : x1;
    box[1] = y0 < y1 ? y0 : y1;
    box[2] = abs((int)x1 - (int)x0) + 1;
    box[3] = abs((int)y1 - (int)y0) + 1;
    for (int i = 0; i < 4; i++)
        box[i] /= i & 1 ? height : width;
}

static double number_after(const job *j, const char *word)
{
    const uint8_t *const hit = memmem(j->out.data, j->out.size, word, strlen(word));

    assert_non_null(hit);
    return strtod((const char *)hit + strlen(word), NULL);
}

static void expect_near(double a, double b)
{
    assert_true(fabs(a - b) < 1e-9);
}

/* The box 7..29 x 11..19 of 100 x 50: centre (18.5, 15.5), size 23 x 9. */
static void regions(void **state)
{
    static const char normalized[] = OPEN MWG_NS MP_NS TIFF
        " tiff:Orientation='6'><mwg-rs:Regions>"
        "<mwg-rs:AppliedToDimensions stDim:w='100' stDim:h='50' stDim:unit='pixel'/>"
        "<mwg-rs:Area stArea:h='0.18' stArea:w='0.23' stArea:y='0.31' stArea:x='0.185' "
        "stArea:unit='normalized'/><rdf:li MPReg:Rectangle='0.07, 0.22, 0.23,0.18'/>"
        "</mwg-rs:Regions>" SHUT;
    static const char pixels[] = OPEN MWG_NS TIFF
        " tiff:Orientation='6'><mwg-rs:Area rdf:parseType='Resource'>"
        "<stArea:x>18.5</stArea:x><stArea:y>15.5</stArea:y><stArea:w>23</stArea:w>"
        "<stArea:h>9</stArea:h><stArea:unit>pixel</stArea:unit></mwg-rs:Area>" SHUT;
    (void)state;
    for (uint32_t o = 2; o <= 8; o++) {
        const double width = o >= 5 ? HEIGHT : WIDTH, height = o >= 5 ? WIDTH : HEIGHT;
        double box[4];
        move_box(o, box);
        job j = work(normalized, o), k = work(pixels, o);
        assert_false(j.edited.stale || k.edited.stale);
        expect_near(number_after(&j, "stArea:x='"), box[0] + box[2] / 2);
        expect_near(number_after(&j, "stArea:y='"), box[1] + box[3] / 2);
        expect_near(number_after(&j, "stArea:w='"), box[2]);
        expect_near(number_after(&j, "stArea:h='"), box[3]);
        expect_near(number_after(&j, "stDim:w='"), width);
        expect_near(number_after(&j, "stDim:h='"), height);
        expect_near(number_after(&k, "<stArea:x>"), (box[0] + box[2] / 2) * width);
        expect_near(number_after(&k, "<stArea:y>"), (box[1] + box[3] / 2) * height);
        expect_near(number_after(&k, "<stArea:w>"), box[2] * width);
        expect_near(number_after(&k, "<stArea:h>"), box[3] * height);
        char *p = (char *)memmem(j.out.data, j.out.size, "Rectangle='", 11);
        assert_non_null(p);
        p += 11;
        for (int i = 0; i < 4; i++, p += strspn(p, ", "))
            expect_near(strtod(p, &p), box[i]);
        assert_int_equal(*p, '\'');
        done(&j);
        done(&k);
    }
}

static void regions_left_alone(void **state)
{
    static const char *const odd[] = {
        AREA("stArea:x='0.1'"),
        AREA("stArea:x='0.1' stArea:x='0.2' stArea:y='0.1'"),
        AREA("stArea:x='0.1' stArea:y='0.2' stArea:w='0.1'"),
        AREA("stArea:x='0.1' stArea:y='0.2' stArea:unit='inch'"),
        OPEN MWG_NS
        "><mwg-rs:Area stArea:y='0.1'><stArea:x>0<![CDATA[.1]]></stArea:x></mwg-rs:Area>" SHUT,
        OPEN MP_NS "><a MPReg:Rectangle='0.1, 0.2, 0.3'/>" SHUT,
        OPEN MP_NS "><a MPReg:Rectangle='0.1, 0.2, 0.3, 0.4, 0.5'/>" SHUT,
        OPEN MP_NS "><a MPReg:Rectangle='0,1 0,2 0,3 0,4'/>" SHUT,
        OPEN MWG_NS "><mwg-rs:AppliedToDimensions stDim:w='4' stDim:h='3' stDim:unit='inch'/>" SHUT,
    };
    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        job j = work(odd[i], 6), k = work(odd[i], 1);
        assert_int_equal(j.edited.verdict, EXN_XMP_UNCHANGED);
        assert_true(j.edited.stale);
        assert_int_equal(k.edited.verdict, EXN_XMP_UNCHANGED);
        assert_false(k.edited.stale);
        done(&j);
        done(&k);
    }
    /* Applied to the picture as shown: mapped, but doubtful. */
    job j = work(OPEN MWG_NS "><mwg-rs:AppliedToDimensions stDim:w='50' stDim:h='100'/>" SHUT, 3);
    assert_true(j.edited.stale);
    assert_true(holds(&j, "stDim:w='100' stDim:h='50'"));
    done(&j);
}

/* What is not mapped is told of, where it stands as an attribute or as an element. */
static void panoramas_and_iptc_regions_are_stale(void **state)
{
    static const char *const packets_of_pixels[] = {
        OPEN PANO_NS "GPano:ProjectionType='equirectangular' "
                     "GPano:FullPanoWidthPixels='100'" EMPTY,
        OPEN PANO_NS "><GPano:CroppedAreaLeftPixels>7</GPano:CroppedAreaLeftPixels>" SHUT,
        OPEN "xmlns:g='http://ns.google.com/photos/1.0/panorama' "
             "g:LargestValidInteriorRectTop='3'" EMPTY,
        OPEN IPTC_NS
        "><Iptc4xmpExt:ImageRegion><rdf:Bag><rdf:li><Iptc4xmpExt:RegionBoundary "
        "Iptc4xmpExt:rbShape='rectangle' Iptc4xmpExt:rbUnit='relative' Iptc4xmpExt:rbX='0.1' "
        "Iptc4xmpExt:rbY='0.2' Iptc4xmpExt:rbW='0.3' Iptc4xmpExt:rbH='0.4'/></rdf:li></rdf:Bag>"
        "</Iptc4xmpExt:ImageRegion>" SHUT,
    };
    static const char *const others[] = {
        OPEN PANO_NS "GPano:StitchingSoftware='s' GPano:SourcePhotosCount='5'" EMPTY,
        OPEN IPTC_NS "><Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>a</rdf:li></rdf:Bag>"
                     "</Iptc4xmpExt:PersonInImage>" SHUT,
        OPEN "xmlns:GPano='http://example.org/' GPano:FullPanoWidthPixels='100'" EMPTY,
    };
    (void)state;
    for (uint32_t o = 1; o <= 8; o++) {
        for (size_t i = 0; i < sizeof packets_of_pixels / sizeof *packets_of_pixels; i++) {
            job j = work(packets_of_pixels[i], o);
            assert_int_equal(j.edited.verdict, EXN_XMP_UNCHANGED);
            assert_int_equal(j.edited.stale, o > 1);
            done(&j);
        }
        for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
            job j = work(others[i], o);
            assert_false(j.edited.stale);
            done(&j);
        }
    }
}

static void real_packets(void **state)
{
    static const uint32_t values[PACKETS] = {6, 6, 8, 3, 5};
    (void)state;
    for (int i = 0; i < PACKETS; i++)
        for (uint32_t o = 1; o <= 8; o++) {
            job j = work(packets[i], o);
            assert_true(j.found.needs_edit);
            assert_int_equal(j.found.orientation, values[i]);
            assert_int_equal(j.edited.verdict, EXN_XMP_EDITED);
            assert_false(j.edited.stale);
            assert_true(packets[i] == apple || j.out.size == j.in.size);
            assert_false(holds(&j, "Orientation"));
            done(&j);
        }
    job j = work(apple, 6);
    assert_true(holds(&j, "<stArea:y>0.4821</stArea:y>"));
    assert_true(holds(&j, "<stArea:w>0.083</stArea:w>"));
    assert_true(holds(&j, "<stArea:x>0.31</stArea:x>"));
    assert_true(holds(&j, "<stArea:h>0.0625</stArea:h>"));
    assert_true(holds(&j, "<stDim:h>100</stDim:h><stDim:w>50</stDim:w>"));
    done(&j);
    j = work(windows, 3);
    assert_true(holds(&j, ">0.492187, 0.548958, 0.162500, 0.216667<"));
    done(&j);
    j = work(picasa, 5);
    assert_true(holds(&j, "stArea:x=\"1e-1\" stArea:y=\".5\" stArea:d=\"0.2\""));
    done(&j);
}

/* --- Other readers --- */

typedef struct files {
    char folder[32], path[64];
} files;

static void write_packet(const files *f, exn_span packet)
{
    FILE *const file = fopen(f->path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(packet.data, 1, packet.size, file), packet.size);
    assert_int_equal(fclose(file), 0);
}

/* The lines of exiftool that no edit may change, as one text. */
static exn_buffer exiftool_lines(const files *f)
{
    static const char *const mapped[] = {"Orientation ", "ImageWidth ",   "ImageHeight ",
                                         "RegionArea",   "RegionApplied", "RegionRectangle "};
    const char *const argv[] = {"exiftool", "-a", "-G1", "-s", "-n", "-XMP:all", f->path, NULL};
    exn_test_proc proc;
    exn_buffer kept = {0};

    assert_true(exn_test_run(argv, NO_INPUT, &proc));
    append(&proc.out, "\n");
    assert_int_equal(exn_buffer_append(&proc.out, "", 1), EXN_OK);
    for (char *line = strtok((char *)proc.out.data, "\n"); line; line = strtok(NULL, "\n")) {
        bool skip = false;
        for (size_t i = 0; i < sizeof mapped / sizeof *mapped; i++)
            skip |= strstr(line, mapped[i]) != NULL;
        if (!skip) {
            append(&kept, line);
            append(&kept, "\n");
        }
    }
    exn_test_proc_free(&proc);
    return kept;
}

static void expect_no_orientation(const files *f)
{
    const char *const argv[] = {"exiftool", "-a", "-n", "-s3", "-XMP:Orientation", f->path, NULL};
    exn_test_proc proc;

    assert_true(exn_test_run(argv, NO_INPUT, &proc));
    assert_int_equal(proc.out.size, 0);
    exn_test_proc_free(&proc);
}

static void exiftool_agrees(void **state)
{
    files f = {.folder = "/tmp/exifnorm-xmp-XXXXXX"};
    (void)state;
    if (!exn_test_have("exiftool"))
        skip();
    assert_non_null(mkdtemp(f.folder));
    snprintf(f.path, sizeof f.path, "%s/packet.xmp", f.folder);
    for (int i = 0; i < PACKETS; i++) {
        job j = work(packets[i], 6);
        write_packet(&f, j.in);
        exn_buffer before = exiftool_lines(&f);
        write_packet(&f, (exn_span){j.out.data, j.out.size});
        exn_buffer after = exiftool_lines(&f);
        assert_int_equal(before.size, after.size);
        assert_true(before.size > 0);
        assert_memory_equal(before.data, after.data, before.size);
        expect_no_orientation(&f);
        exn_buffer_free(&before);
        exn_buffer_free(&after);
        done(&j);
    }
    unlink(f.path);
    rmdir(f.folder);
}

static void xmllint_agrees(void **state)
{
    const char *const argv[] = {"xmllint", "--noout", "-", NULL};
    (void)state;
    if (!exn_test_have("xmllint"))
        skip();
    for (int i = 0; i < PACKETS; i++) {
        exn_test_proc proc;
        job j = work(packets[i], 8);
        assert_true(exn_test_run(argv, (exn_span){j.out.data, j.out.size}, &proc));
        exn_test_proc_free(&proc);
        done(&j);
    }
}

/* --- Damage --- */

static uint32_t draw(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* Cuts, doubles, flips or plants something at a random place; returns the new size. */
static size_t damage(char *bytes, size_t size, size_t capacity, uint32_t *seed)
{
    static const char *const planted[] = {
        "<",
        ">",
        "/>",
        "'",
        "\"",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?xpacket end",
        "&#54;",
        "<tiff:Orientation>",
        "</tiff:Orientation>",
        " tiff:Orientation='6' ",
        "\xFF",
        "<a>",
        "</a>",
        "xmlns:tiff=''",
        "<mwg-rs:Area stArea:x='.1' stArea:y='9'>",
        "</mwg-rs:Area>",
        "1e30",
        "-",
    };
    const size_t at = draw(seed) % (size + 1), left = size - at;
    const char *const word = planted[draw(seed) % (sizeof planted / sizeof *planted)];
    size_t n = draw(seed) % 40;

    switch (draw(seed) % 5) {
    case 0:
        return draw(seed) % 4 == 0 ? at : size;
    case 1:
        n = n < left ? n : left;
        memmove(bytes + at, bytes + at + n, left - n);
        return size - n;
    case 2:
        if (left > 0)
            bytes[at] = (char)draw(seed);
        return size;
    default:
        n = strlen(word);
        if (n > capacity - size)
            return size;
        memmove(bytes + at + n, bytes + at, left);
        memcpy(bytes + at, word, n);
        return size + n;
    }
}

static void damaged_packets(void **state)
{
    enum { ROUNDS = 20000, CAPACITY = 8192 };
    uint32_t seed = 20240229, verdicts[3] = {0};
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        char bytes[CAPACITY];
        const uint32_t o = draw(&seed) % 8 + 1;
        size_t size = strlen(packets[i % PACKETS]);
        memcpy(bytes, packets[i % PACKETS], size);
        for (uint32_t n = draw(&seed) % 4; n > 0; n--)
            size = damage(bytes, size, CAPACITY, &seed);
        job j = work_bytes(bytes, size, o);
        verdicts[j.edited.verdict]++;
        if (j.edited.verdict == EXN_XMP_EDITED) {
            exn_xmp found;
            exn_xmp_scan((exn_span){j.out.data, j.out.size}, NULL, &found);
            assert_false(found.needs_edit || found.unsafe);
            assert_int_equal(found.orientation, 0);
            assert_true(o != 1 || j.out.size == size);
            job again = work_bytes(j.out.data, j.out.size, 1);
            assert_int_equal(again.edited.verdict, EXN_XMP_UNCHANGED);
            done(&again);
        } else {
            assert_int_equal(j.found.needs_edit, j.edited.verdict == EXN_XMP_UNSAFE);
            assert_int_equal(j.out.size, 0);
        }
        done(&j);
    }
    for (int i = 0; i < 3; i++)
        assert_true(verdicts[i] > ROUNDS / 100);
}

/* Digits that a number of so many places has no room for are rounded, halves away from zero. */
static void test_rounding(void **state)
{
    (void)state;
    static const int64_t rows[][2] = {{14, 1},   {15, 2},   {16, 2}, {25, 3}, {99, 10}, {-14, -1},
                                      {-15, -2}, {-25, -3}, {4, 0},  {5, 1},  {-5, -1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        exn_xmp_number number = {.mantissa = rows[i][0], .scale = 1};
        assert_true(exn_xmp_text_scale_number(&number, 0));
        assert_int_equal(number.mantissa, rows[i][1]);
        assert_int_equal(number.scale, 0);
    }
}

/* A length that 32 bits do not hold is none, though its lower ones might fit. */
static void test_lengths_of_items(void **state)
{
    (void)state;
    static const struct {
        const char *length;
        bool broken;
        uint32_t value;
    } rows[] = {
        {"5", false, 5},         {"4294967295", false, UINT32_MAX},    {"4294967296", true, 0},
        {"4294967301", true, 0}, {"99999999999999999999999", true, 0}, {"", true, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char words[1200];
        exn_xmp_directory directory = {0};
        snprintf(words, sizeof words,
                 OPEN
                 "xmlns:C='http://ns.google.com/photos/1.0/container/' "
                 "xmlns:Item='http://ns.google.com/photos/1.0/container/item/'>"
                 "<C:Directory><rdf:Seq><rdf:li rdf:parseType='Resource'>"
                 "<C:Item Item:Mime='image/jpeg' Item:Semantic='Primary'/></rdf:li>"
                 "<rdf:li rdf:parseType='Resource'><C:Item Item:Mime='image/jpeg' "
                 "Item:Semantic='GainMap' Item:Length='%s'/></rdf:li></rdf:Seq></C:Directory>" SHUT,
                 rows[i].length);
        exn_xmp_list((exn_span){(const uint8_t *)words, strlen(words)}, &directory);
        assert_true(directory.found);
        assert_int_equal(directory.broken, rows[i].broken);
        if (!rows[i].broken)
            assert_int_equal(directory.items[1].length, rows[i].value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attributes),
        cmocka_unit_test(elements),
        cmocka_unit_test(ones),
        cmocka_unit_test(what_does_not_count),

        cmocka_unit_test(malformed),
        cmocka_unit_test(torn_packets_keep_the_rest),
        cmocka_unit_test(many_prefixes),
        cmocka_unit_test(many_regions),
        cmocka_unit_test(bounds),
        cmocka_unit_test(wide_characters),
        cmocka_unit_test(bad_text_passes),
        cmocka_unit_test(other_findings),
        cmocka_unit_test(sizes),
        cmocka_unit_test(padding),
        cmocka_unit_test(numbers),
        cmocka_unit_test(regions),
        cmocka_unit_test(regions_left_alone),
        cmocka_unit_test(panoramas_and_iptc_regions_are_stale),
        cmocka_unit_test(real_packets),
        cmocka_unit_test(exiftool_agrees),
        cmocka_unit_test(xmllint_agrees),
        cmocka_unit_test(damaged_packets),
        cmocka_unit_test(test_rounding),
        cmocka_unit_test(test_lengths_of_items),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
