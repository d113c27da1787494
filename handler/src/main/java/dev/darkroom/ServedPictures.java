package dev.darkroom;

import dev.darkroom.queue.mcp.OwnPictures;
import dev.darkroom.store.ResultFolder;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.Optional;
import org.jboss.logging.Logger;

/** The pictures in the folder that this worker serves. */
@Singleton
class ServedPictures implements OwnPictures {
    private static final Logger LOG = Logger.getLogger(ServedPictures.class);

    private final WorkerConfig config;
    private final ResultFolder folder;

    ServedPictures(WorkerConfig config, ResultFolder folder) {
        this.config = config;
        this.folder = folder;
    }

    @Override
    public boolean areUsual() {
        return config.s3().endpoint().isEmpty();
    }

    @Override
    public Optional<byte[]> read(URI address) {
        String path = String.valueOf(address.getPath());
        String name = path.substring(path.lastIndexOf('/') + 1);
        if (!address.equals(URI.create(config.address() + "/results/" + name))) {
            return Optional.empty();
        }
        return folder.find(name).flatMap(file -> {
            try {
                return Optional.of(Files.readAllBytes(file));
            } catch (IOException e) {
                LOG.warnf("the picture %s cannot be read: %s", name, e);
                return Optional.empty();
            }
        });
    }
}
