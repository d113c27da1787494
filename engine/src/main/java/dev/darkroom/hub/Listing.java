package dev.darkroom.hub;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.hub.transfer.Digest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A hub's list of the files of a revision of a repository.
 *
 * @param commit id of the revision's commit, 40 hexadecimal digits
 * @param files by path
 */
public record Listing(String commit, Map<String, RepositoryFile> files) {
    /**
     * Reads the hub's answer, which is not trusted.
     *
     * @param name what the JSON is, for errors
     * @throws HubException if it is no such list
     */
    public static Listing read(String name, byte[] json) {
        JsonNode root = HubJson.read(name, json);
        String commit = root.path("sha").asText();
        if (!HubCache.isCommit(commit)) {
            throw new HubException(name + " has no commit id");
        }
        Map<String, RepositoryFile> files = new LinkedHashMap<>();
        for (JsonNode sibling : root.path("siblings")) {
            RepositoryFile file = file(sibling);
            files.put(file.path(), file);
        }
        return new Listing(commit, files);
    }

    private static RepositoryFile file(JsonNode sibling) {
        JsonNode lfs = sibling.path("lfs");
        Digest digest = lfs.hasNonNull("sha256")
                ? new Digest(Digest.Kind.SHA256, lfs.path("sha256").asText())
                : new Digest(Digest.Kind.GIT, sibling.path("blobId").asText());
        return new RepositoryFile(
                sibling.path("rfilename").asText(), sibling.path("size").asLong(-1), digest);
    }

    /** Finds a file by its path. */
    Optional<RepositoryFile> file(String path) {
        return Optional.ofNullable(files.get(path));
    }

    /** Lists the names of the files that lie directly in a folder. */
    Set<String> in(String folder) {
        String prefix = folder + "/";
        return files.keySet().stream()
                .filter(path -> path.startsWith(prefix) && path.indexOf('/', prefix.length()) < 0)
                .map(path -> path.substring(prefix.length()))
                .collect(Collectors.toSet());
    }

    /**
     * A file of a repository as the hub lists it.
     *
     * @param path within the repository, which it does not leave
     * @param bytes size of its content
     * @param digest of its content; its hexadecimal form is the name of the blob
     */
    public record RepositoryFile(String path, long bytes, Digest digest) {
        private static final Pattern SEGMENT = Pattern.compile("[^/\\\\\\p{Cntrl}]+");

        private static final long LARGEST = 1L << 40;

        public RepositoryFile {
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
}
