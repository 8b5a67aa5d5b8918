# The page behind an unprivileged nginx on port 8080:
#   docker build --tag passgrid . && docker run --rm --publish 8080:8080 passgrid
FROM rust:1-trixie AS build
RUN apt-get update \
  && apt-get install --yes --no-install-recommends nodejs npm \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /passgrid
COPY . .
RUN cargo xtask dist --gzip

FROM nginxinc/nginx-unprivileged:stable
COPY publish/nginx.conf /etc/nginx/conf.d/default.conf
COPY --from=build /passgrid/dist /usr/share/nginx/html
