package dev.darkroom.store;

import dev.darkroom.job.Destination;
import dev.darkroom.job.Faults;
import dev.darkroom.job.JobException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Buckets that jobs bring along, each spoken to with the key that came with it. Callers are not trusted with where this worker connects
 * to: only TLS, and only to addresses that are allowed.
 */
public final class CallerBuckets implements AutoCloseable {
    private final AddressCheck addresses;
    private final boolean plainHttp;
    private final Duration expiry;
    private final Duration timeout;
    private @Nullable S3Connections connections;

    /**
     * Connects to nothing yet.
     *
     * @param allowed which addresses callers may send this worker to
     * @param plainHttp true: also without TLS, for tests and closed networks
     * @param expiry how long signed addresses can be read
     * @param timeout how long one attempt to send a picture may take
     */
    public CallerBuckets(Predicate<InetAddress> allowed, boolean plainHttp, Duration expiry, Duration timeout) {
        this.addresses = new AddressCheck(allowed);
        this.plainHttp = plainHttp;
        this.expiry = expiry;
        this.timeout = timeout;
    }

    /**
     * Refuses a bucket that cannot be meant, without asking anybody.
     *
     * @throws JobException naming the field
     */
    public void checkForm(Destination destination) {
        var unused = target(destination);
    }

    /**
     * Refuses a bucket that cannot be used; looks its host up, but does not connect to it.
     *
     * @throws JobException naming the field
     */
    public void check(Destination destination) {
        S3Endpoint endpoint = target(destination).endpoint();
        String front = endpoint.pathStyle() ? "" : endpoint.bucket() + ".";
        try {
            addresses.check(front + endpoint.address().getHost());
        } catch (UnknownHostException | AddressCheck.Refused e) {
            String rule = e instanceof AddressCheck.Refused ? "must be a public address" : "is not known";
            throw new JobException(
                    JobException.Code.BAD_INPUT,
                    S3Names.JOB.endpoint + ": " + rule + ": "
                            + Faults.quoted(destination.endpoint().getHost()),
                    e);
        }
    }

    /**
     * A job's bucket.
     *
     * @throws JobException naming the field that is missing or wrong
     */
    public ResultStore of(Destination destination) {
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
            connections = S3Connections.checked(addresses);
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
