# The image of the service. Everything it is made of is pinned: the packages by their hashes.
ARG PYTHON=python:3.11-slim-bookworm
# `pdf`: papers as PDF, too. Then the builder fetches a font with Chinese and what draws it from Debian.
ARG PACKAGES=run

FROM ${PYTHON} AS build
# Where the builder reaches no public package index: --build-arg PIP_INDEX_URL=…, your mirror.
ARG PIP_INDEX_URL
ARG PACKAGES
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
WORKDIR /build
COPY requirements/run.txt requirements/pdf.txt requirements/
RUN /venv/bin/pip install --require-hashes --only-binary :all: -r requirements/${PACKAGES}.txt
COPY pyproject.toml README.md ./
COPY db db
COPY media media
COPY wildlife wildlife
RUN /venv/bin/pip install --no-deps --no-build-isolation .

FROM ${PYTHON}
ARG PACKAGES
RUN if [ "$PACKAGES" = pdf ]; then \
        apt-get update \
        && apt-get install --yes --no-install-recommends \
            fontconfig fonts-noto-cjk libharfbuzz-subset0 libpangoft2-1.0-0 \
        && rm -rf /var/lib/apt/lists/*; \
    fi
RUN groupadd --gid 10001 wildlife \
    && useradd --uid 10001 --gid wildlife --no-create-home --home-dir /data wildlife \
    && install --directory --owner=wildlife --group=wildlife --mode=0700 /data
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    WILDLIFE_HOST=0.0.0.0 \
    WILDLIFE_PORT=8000 \
    WILDLIFE_DATA_DIR=/data
USER 10001:10001
# Photos, and the key that informants are encrypted with. A backup without them is none.
VOLUME /data
EXPOSE 8000
# Ready means that the database answers too. No curl: the image has Python.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os; from http.client import HTTPConnection as To; c = To('127.0.0.1', int(os.environ['WILDLIFE_PORT']), timeout=4); c.request('GET', '/readyz'); raise SystemExit(c.getresponse().status != 200)"]
CMD ["wildlife", "serve"]
