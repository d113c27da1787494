package dev.darkroom.client;

import java.net.URI;
import java.util.Optional;

/** The file of a picture: in memory, or at an address from which it is downloaded when it is asked for. */
public abstract sealed class PictureFile {
    private PictureFile() {}

    /** Returns the address; empty if the file came inside the answer. */
    public abstract Optional<URI> url();

    abstract byte[] bytes() throws InterruptedException;

    static final class Inline extends PictureFile {
        private final byte[] content;

        Inline(byte[] content) {
            this.content = content;
        }

        @Override
        public Optional<URI> url() {
            return Optional.empty();
        }

        @Override
        byte[] bytes() {
            return content.clone();
        }

        @Override
        public String toString() {
            return content.length + " bytes";
        }
    }

    static final class Remote extends PictureFile {
        private final URI address;
        private final Downloads downloads;

        Remote(URI address, Downloads downloads) {
            this.address = address;
            this.downloads = downloads;
        }

        @Override
        public Optional<URI> url() {
            return Optional.of(address);
        }

        @Override
        byte[] bytes() throws InterruptedException {
            return downloads.bytes(address);
        }

        @Override
        public String toString() {
            return address.toString();
        }
    }
}
