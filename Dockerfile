# One image for every process; the command names the process: docker run strategy24 web
FROM python:3.12-slim-bookworm

# Chromium draws the charts; without it matplotlib does.
RUN apt-get update \
    && apt-get install -y --no-install-recommends chromium fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --home-dir /var/lib/strategy24 --create-home strategy24

ENV PYTHONUNBUFFERED=1 PYTHONPATH=/srv/strategy24 UV_COMPILE_BYTECODE=1 BROWSER_PATH=/usr/bin/chromium

WORKDIR /srv/strategy24
COPY requirements/run.txt requirements/run.txt
RUN pip install --no-cache-dir 'uv>=0.8,<1' \
    && uv pip install --system --no-cache --require-hashes -r requirements/run.txt

COPY . .
# The live hub's sender is compiled here, as the image keeps no compiler; without it the hub sends in Python.
RUN python -c 'from app.catalogue import compile_catalogues; compile_catalogues()' \
    && apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev \
    && python -c 'from realtime.sending import compiled; compiled()' \
    && apt-get purge -y --auto-remove gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*

USER strategy24
VOLUME /var/lib/strategy24
EXPOSE 8024
ENTRYPOINT ["python", "-P", "-m", "app"]
CMD ["--help"]
