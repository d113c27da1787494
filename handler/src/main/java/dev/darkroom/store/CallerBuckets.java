package dev.darkroom.store;

import dev.darkroom.job.Destination;
import dev.darkroom.job.Faults;
import dev.darkroom.job.JobException;
import dev.darkroom.net.AllowedHosts;
import dev.darkroom.net.ForbiddenHostException;
import dev.darkroom.net.WebAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Opens the buckets that jobs bring along, each with the key that came with it. Callers are not trusted with the choice of a host: this
 * worker connects by TLS only, and to allowed hosts only.
 */
public final class CallerBuckets implements AutoCloseable {
    private static final int LOOK_UPS = 3;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    private final AllowedHosts hosts;
    private final boolean plainHttp;
    private final Duration expiry;
    private final Duration timeout;
    private @Nullable S3Connections connections;

    /**
     * Creates the room for connections; connects to nothing yet.
     *
     * @param hosts that callers may send this worker to
     * @param plainHttp true allows connections without TLS too, for tests and closed networks
     * @param expiry how long signed addresses can be read
     * @param timeout how long one attempt to send a picture may take
     */
    public CallerBuckets(AllowedHosts hosts, boolean plainHttp, Duration expiry, Duration timeout) {
        this.hosts = hosts;
        this.plainHttp = plainHttp;
        this.expiry = expiry;
        this.timeout = timeout;
    }

    /**
     * Refuses a bucket whose description is incomplete or contradicts itself, without a look-up.
     *
     * @throws JobException naming the field
     */
    void checkForm(Destination destination) {
        var unused = target(destination);
    }

    /**
     * Refuses a bucket that cannot be used; looks its host up, but does not connect to it.
     *
     * @throws JobException naming the field
     */
    void check(Destination destination) {
        S3Endpoint endpoint = target(destination).endpoint();
        for (int tried = 1; !isKnown(endpoint, tried); tried++) {
            try {
                Thread.sleep(LOOK_AGAIN.multipliedBy(tried));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new JobException(JobException.Code.CANCELLED, "the worker is stopping", e);
            }
        }
    }

    /** Returns false if the host could not be looked up at this moment, and should be once more. */
    private boolean isKnown(S3Endpoint endpoint, int tried) {
        String host = Faults.quoted(WebAddress.of(endpoint.address().toString()).host());
        try {
            var unused = hosts.lookUp(endpoint.host());
            return true;
        } catch (ForbiddenHostException e) {
            throw new JobException(
                    JobException.Code.BAD_INPUT, S3Names.JOB.endpoint + ": must be a public address: " + host, e);
        } catch (UnknownHostException e) {
            if (!AllowedHosts.mayPass(e)) {
                throw new JobException(
                        JobException.Code.BAD_INPUT, S3Names.JOB.endpoint + ": is not known: " + host, e);
            }
            if (tried >= LOOK_UPS) {
                throw new JobException(
                        JobException.Code.STORE_FAILED,
                        S3Names.JOB.endpoint + ": is not known at this moment (tried " + tried + " times): " + host,
                        e);
            }
            return false;
        }
    }

    /**
     * Returns a job's bucket.
     *
     * @throws JobException naming the field that is missing or wrong
     */
    ResultStore of(Destination destination) {
        return new S3Store(target(destination), connections());
    }

    private S3Target target(Destination destination) {
        S3Target target = S3Target.of(destination, expiry, timeout);
        if (!plainHttp && !"https".equals(target.endpoint().address().getScheme())) {
            throw JobException.badInput(S3Names.JOB.endpoint + ": must begin with https");
        }
        return target;
    }

    private synchronized S3Connections connections() {
        if (connections == null) {
            connections = S3Connections.checked(new AddressCheck(hosts));
        }
        return connections;
    }

    @Override
    public synchronized void close() {
        if (connections != null) {
            connections.close();
        }
    }
}
