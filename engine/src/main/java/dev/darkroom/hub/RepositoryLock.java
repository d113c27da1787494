package dev.darkroom.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jboss.logging.Logger;

/**
 * A lock that is held while a repository is downloaded, so that workers on one volume fetch it once. The lock ends with its process. Where
 * a file system knows no locks, two may fetch one repository: they write equal bytes to equal places, and what gets
 * a name has been checked.
 */
final class RepositoryLock implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(RepositoryLock.class);
    private static final long MILLIS_BETWEEN = 250;

    private final FileChannel file;

    private RepositoryLock(FileChannel file) {
        this.file = file;
    }

    /**
     * Acquires the lock, waiting for another worker to end its download.
     *
     * @throws HubException if the file cannot be written
     */
    static RepositoryLock acquire(Path path) throws InterruptedException {
        try {
            Files.createDirectories(path.getParent());
            var file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            await(file, path);
            return new RepositoryLock(file);
        } catch (IOException e) {
            throw new HubException(path + " cannot be written, so nothing can be downloaded: " + e, e);
        }
    }

    private static void await(FileChannel file, Path path) throws InterruptedException {
        boolean told = false;
        try {
            while (!isOurs(file)) {
                if (!told) {
                    LOG.infof("another process downloads this model: waiting for it (%s)", path);
                    told = true;
                }
                Thread.sleep(MILLIS_BETWEEN);
            }
        } catch (IOException e) {
            LOG.warnf("no locks at %s: %s", path, e);
        }
    }

    private static boolean isOurs(FileChannel file) throws IOException {
        try {
            return file.tryLock() != null;
        } catch (OverlappingFileLockException heldInThisProcess) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            LOG.debugf("a lock was not closed: %s", e);
        }
    }
}
