# exifnorm in a slim image, as nobody:
#   docker build -t exifnorm . && docker run --rm -u "$(id -u)" -v "$PWD:/data" exifnorm photos out
FROM debian:trixie-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make pkg-config libdeflate-dev libexif-dev libexpat1-dev libjpeg-dev libpng-dev libwebp-dev zlib1g-dev libjansson-dev libmd-dev libseccomp-dev libarchive-dev libbz2-dev liblzma-dev libzstd-dev
COPY . /src
RUN make -C /src -j4 BUILD=/tmp/build && make -C /src BUILD=/tmp/build PREFIX=/usr DESTDIR=/out install

FROM debian:trixie-slim
RUN apt-get update && apt-get install -y --no-install-recommends libdeflate0 libexif12 libexpat1 libjpeg62-turbo libpng16-16t64 zlib1g libjansson4 libmd0 libseccomp2 libwebp7 libarchive13t64 && rm -rf /var/lib/apt/lists/*
COPY --from=build /out/usr/bin/exifnorm /usr/bin/exifnorm
WORKDIR /data
USER 65534:65534
ENTRYPOINT ["exifnorm"]
CMD ["--help"]
