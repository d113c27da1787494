package dev.darkroom.hub;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A file of a repository as the hub lists it.
 *
 * @param path within the repository, which it does not leave
 * @param bytes size of its content
 * @param digest of its content; its hexadecimal form is the name of the blob
 */
record RepositoryFile(String path, long bytes, Digest digest) {
    private static final Pattern SEGMENT = Pattern.compile("[^/\\\\\\p{Cntrl}]+");

    private static final long LARGEST = 1L << 40;

    RepositoryFile {
        boolean leadsElsewhere = path.startsWith("/")
                || List.of(path.split("/", -1)).stream()
                        .anyMatch(part -> part.equals("..")
                                || part.equals(".")
                                || !SEGMENT.matcher(part).matches());
        if (leadsElsewhere) {
            throw new HubException("the hub lists a file '" + path + "', which is no path within a repository");
        }
        if (bytes < 0 || bytes > LARGEST) {
            throw new HubException("the hub lists " + path + " with a size of " + bytes + " bytes");
        }
    }
}
