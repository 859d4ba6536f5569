package dev.kawarau.sample.standalone;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.USE_JAVA_UTIL_LOGGING;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.Predefined;
import com.tngtech.archunit.lang.ArchRule;
import dev.kawarau.Tls;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The rooms of the house, and who may know whom. It stands here because this module has all of them on its class path. */
class ArchitectureTest {

    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.kawarau");

    private static final DescribedPredicate<JavaClass> REDIS_TRANSFORMS =
            resideInAPackage("dev.kawarau.transform.redis..");
    private static final DescribedPredicate<JavaClass> CASSANDRA_TRANSFORMS =
            resideInAPackage("dev.kawarau.transform.cassandra..");
    private static final DescribedPredicate<JavaClass> TEST_TOOLS =
            resideInAnyPackage("dev.kawarau.testkit..", "dev.kawarau.leakcheck..");
    private static final DescribedPredicate<JavaClass> SAMPLES = resideInAPackage("dev.kawarau.sample..");

    private static final DescribedPredicate<JavaClass> CORE = resideInAPackage("dev.kawarau..")
            .and(not(resideInAnyPackage(
                    "dev.kawarau.resp..", "dev.kawarau.cql..", "dev.kawarau.transform..", "dev.kawarau.sink..")))
            .and(not(TEST_TOOLS))
            .and(not(SAMPLES))
            .as("classes of kawarau-core");

    private static final DescribedPredicate<JavaClass> LIBRARY = resideInAPackage("dev.kawarau..")
            .and(not(TEST_TOOLS))
            .and(not(SAMPLES))
            .as("library classes");

    @Test
    void everyRoomKnowsOnlyTheRoomsBelowIt() {
        ArchRule rule = layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("dev.kawarau..")
                .ensureAllClassesAreContainedInArchitecture()
                .layer("core")
                .definedBy(CORE)
                .layer("RESP")
                .definedBy("dev.kawarau.resp..")
                .layer("CQL")
                .definedBy("dev.kawarau.cql..")
                .layer("transforms")
                .definedBy(
                        resideInAPackage("dev.kawarau.transform..").and(not(REDIS_TRANSFORMS.or(CASSANDRA_TRANSFORMS))))
                .optionalLayer("Redis transforms")
                .definedBy(REDIS_TRANSFORMS)
                .optionalLayer("Cassandra transforms")
                .definedBy(CASSANDRA_TRANSFORMS)
                .layer("Redis sink")
                .definedBy("dev.kawarau.sink.redis..")
                .optionalLayer("Cassandra sink")
                .definedBy("dev.kawarau.sink.cassandra..")
                .layer("test tools")
                .definedBy(TEST_TOOLS)
                .layer("samples")
                .definedBy(SAMPLES)
                .whereLayer("core")
                .mayNotAccessAnyLayer()
                .whereLayer("RESP")
                .mayOnlyAccessLayers("core")
                .whereLayer("CQL")
                .mayOnlyAccessLayers("core")
                .whereLayer("transforms")
                .mayOnlyAccessLayers("core")
                .whereLayer("Redis transforms")
                .mayOnlyAccessLayers("core", "transforms", "RESP")
                .whereLayer("Cassandra transforms")
                .mayOnlyAccessLayers("core", "transforms", "CQL")
                .whereLayer("Redis sink")
                .mayOnlyAccessLayers("core", "RESP")
                .whereLayer("Cassandra sink")
                .mayOnlyAccessLayers("core", "CQL")
                .whereLayer("test tools")
                .mayOnlyAccessLayers("core")
                .whereLayer("samples")
                .mayNotBeAccessedByAnyLayer();
        rule.check(HOUSE);
    }

    @Test
    void whatWorksForEveryProtocolKnowsNoLibraryOfOne() {
        noClasses()
                .that(CORE.or(resideInAPackage("dev.kawarau.transform..")
                        .and(not(REDIS_TRANSFORMS.or(CASSANDRA_TRANSFORMS)))))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "com.datastax..", "io.lettuce..", "redis.clients..", "io.netty.handler.codec.redis..")
                .check(HOUSE);
    }

    @Test
    void namesSayWhatAClassIs() {
        noClasses()
                .should()
                .haveNameMatching(".*(Impl|Manager|Helper|Utils?)")
                .orShould()
                .haveSimpleNameStartingWith("Abstract")
                .check(HOUSE);
    }

    @Test
    void implementationsLiveBesideTheirApi() {
        noClasses().should().resideInAnyPackage("..internal..", "..impl..").check(HOUSE);
    }

    @Test
    void everyPackageIsNullMarked() {
        assertThat(HOUSE.getPackage("dev.kawarau").getSubpackagesInTree())
                .filteredOn(packet -> !packet.getClasses().isEmpty())
                .isNotEmpty()
                .allSatisfy(ArchitectureTest::isNullMarked);
        isNullMarked(HOUSE.getPackage("dev.kawarau"));
    }

    private static void isNullMarked(JavaPackage packet) {
        assertThat(packet.isAnnotatedWith(NullMarked.class))
                .as("%s is @NullMarked in its package-info.java", packet.getName())
                .isTrue();
    }

    @Test
    void timeComesFromTheEventLoop() {
        noClasses()
                .that(LIBRARY.and(not(type(Tls.class)))) // files on disk change in real time
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .because("a proxy must run on virtual time")
                .check(HOUSE);
    }

    @Test
    void librariesLogThroughSlf4jAlone() {
        noClasses()
                .that(LIBRARY)
                .should(ACCESS_STANDARD_STREAMS)
                .orShould(USE_JAVA_UTIL_LOGGING)
                .check(HOUSE);
    }
}
