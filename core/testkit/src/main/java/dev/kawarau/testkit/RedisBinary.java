package dev.kawarau.testkit;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where the {@code redis-server} executable is; looked up once in a JVM. */
final class RedisBinary {

    private static final String SETTING = "KAWARAU_REDIS_SERVER";

    private static @Nullable String found;

    private RedisBinary() {}

    static synchronized String find() {
        if (found == null) {
            found = lookUp();
        }
        return found;
    }

    private static String lookUp() {
        String named = System.getProperty(SETTING, System.getenv(SETTING));
        if (named != null) {
            if (!Files.isExecutable(Path.of(named))) {
                throw new IllegalStateException(SETTING + " names " + named + ", which is not an executable file");
            }
            return named;
        }
        String path = System.getenv("PATH");
        for (String directory : path == null ? new String[0] : path.split(File.pathSeparator)) {
            Path candidate = Path.of(directory, "redis-server");
            if (Files.isExecutable(candidate)) {
                return candidate.toString();
            }
        }
        String embedded = extracted();
        if (embedded != null) {
            return embedded;
        }
        throw new IllegalStateException("no redis-server: install Redis 7 so that redis-server is on the PATH, or name"
                + " the binary with the system property or environment variable " + SETTING
                + ", or add org.signal:embedded-redis:0.9.1 to the class path");
    }

    /** The binary that embedded-redis carries for this platform as a resource at the root of its jar. */
    private static @Nullable String extracted() {
        String resource = "/redis-server-7.0.15-" + platform();
        try (InputStream binary = RedisBinary.class.getResourceAsStream(resource)) {
            if (binary == null) {
                return null;
            }
            Path file = Files.createTempFile("redis-server-", "");
            file.toFile().deleteOnExit();
            Files.copy(binary, file, StandardCopyOption.REPLACE_EXISTING);
            if (!file.toFile().setExecutable(true)) {
                throw new IllegalStateException("cannot make " + file + " executable");
            }
            return file.toString();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot extract " + resource, e);
        }
    }

    private static String platform() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac") ? "darwin" : "linux";
        String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return switch (machine) {
            case "aarch64", "arm64" -> os + "-arm64";
            case "x86", "i386", "i586", "i686" -> os + "-386";
            default -> os + "-amd64";
        };
    }
}
