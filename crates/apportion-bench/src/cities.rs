//! The hundred largest cities of China, as a ground for generated markets.
//!
//! Contains data from GeoNames (geonames.org), CC BY 4.0; positions rounded to 0.01 degrees,
//! populations to thousands.

/// A city.
#[derive(Clone, Copy, Debug)]
pub struct City {
    /// Name.
    pub name: &'static str,
    /// Province.
    pub province: &'static str,
    /// Latitude in degrees.
    pub latitude_deg: f64,
    /// Longitude in degrees.
    pub longitude_deg: f64,
    /// Inhabitants in thousands.
    pub thousands: f64,
}

/// Name, province, latitude, longitude, inhabitants in thousands; largest first.
type Row = (&'static str, &'static str, f64, f64, f64);

#[rustfmt::skip]
const ROWS: [Row; 100] = [
    ("Shanghai", "Shanghai", 31.22, 121.46, 24874.0),
    ("Beijing", "Beijing", 39.91, 116.40, 18961.0),
    ("Shenzhen", "Guangdong", 22.55, 114.07, 17494.0),
    ("Guangzhou", "Guangdong", 23.12, 113.25, 16097.0),
    ("Chengdu", "Sichuan", 30.67, 104.07, 13568.0),
    ("Tianjin", "Tianjin", 39.14, 117.18, 11090.0),
    ("Wuhan", "Hubei", 30.58, 114.27, 10393.0),
    ("Dongguan", "Guangdong", 23.02, 113.75, 9645.0),
    ("Xi’an", "Shaanxi", 34.26, 108.93, 9600.0),
    ("Nanjing", "Jiangsu", 32.06, 118.78, 9315.0),
    ("Hangzhou", "Zhejiang", 30.29, 120.16, 9236.0),
    ("Foshan", "Guangdong", 23.03, 113.13, 9043.0),
    ("Chongqing", "Chongqing", 29.56, 106.56, 7458.0),
    ("Wuzhong", "Ningxia", 37.99, 106.20, 7203.0),
    ("Qingdao", "Shandong", 36.06, 120.38, 7172.0),
    ("Shenyang", "Liaoning", 41.79, 123.43, 7050.0),
    ("Suzhou", "Jiangsu", 31.30, 120.60, 6716.0),
    ("Puxi", "Shanghai", 31.24, 121.47, 6684.0),
    ("Pudong", "Shanghai", 31.24, 121.50, 5682.0),
    ("Harbin", "Heilongjiang", 45.75, 126.65, 5243.0),
    ("Hefei", "Anhui", 31.86, 117.28, 5050.0),
    ("Dalian", "Liaoning", 38.91, 121.60, 4914.0),
    ("Changchun", "Jilin", 43.88, 125.32, 4715.0),
    ("Xiamen", "Fujian", 24.48, 118.08, 4617.0),
    ("Bao'an", "Guangdong", 22.55, 113.88, 4477.0),
    ("Wuxi", "Jiangsu", 31.57, 120.29, 4397.0),
    ("Jinan", "Shandong", 36.67, 117.00, 4336.0),
    ("Taiyuan", "Shanxi", 37.87, 112.56, 4304.0),
    ("Zhengzhou", "Henan", 34.76, 113.65, 4254.0),
    ("Shijiazhuang", "Hebei", 38.04, 114.48, 3939.0),
    ("Kunming", "Yunnan", 25.04, 102.72, 3855.0),
    ("Zhongshan", "Guangdong", 22.52, 113.38, 3842.0),
    ("Nanning", "Guangxi", 22.82, 108.32, 3840.0),
    ("Shantou", "Guangdong", 23.35, 116.68, 3839.0),
    ("Fuzhou", "Fujian", 26.06, 119.31, 3740.0),
    ("Ningbo", "Zhejiang", 29.88, 121.55, 3731.0),
    ("Puyang", "Zhejiang", 29.46, 119.89, 3590.0),
    ("Shiyan", "Hubei", 32.65, 110.78, 3460.0),
    ("Tangshan", "Hebei", 39.64, 118.18, 3372.0),
    ("Lüliang", "Shanxi", 37.52, 111.14, 3346.0),
    ("Changzhou", "Jiangsu", 31.77, 119.95, 3291.0),
    ("Zibo", "Shandong", 36.79, 118.06, 3129.0),
    ("Changsha", "Hunan", 28.20, 112.97, 3094.0),
    ("Guiyang", "Guizhou", 26.58, 106.72, 3037.0),
    ("Ürümqi", "Xinjiang", 43.80, 87.60, 3029.0),
    ("Lanzhou", "Gansu", 36.06, 103.84, 3000.0),
    ("Huizhou", "Guangdong", 23.11, 114.42, 2900.0),
    ("Haikou", "Hainan", 20.03, 110.35, 2873.0),
    ("Linyi", "Shandong", 35.06, 118.34, 2744.0),
    ("Baoding", "Hebei", 38.87, 115.46, 2740.0),
    ("Minhang", "Shanghai", 31.11, 121.37, 2717.0),
    ("Bazhong", "Sichuan", 31.87, 106.74, 2713.0),
    ("Wenzhou", "Zhejiang", 28.00, 120.67, 2650.0),
    ("Yunfu", "Guangdong", 22.93, 112.04, 2613.0),
    ("Huai'an", "Jiangsu", 33.59, 119.02, 2494.0),
    ("Nanchang", "Jiangxi", 28.68, 115.85, 2358.0),
    ("Hohhot", "Nei Mongol", 40.81, 111.65, 2350.0),
    ("Shaoxing", "Zhejiang", 30.00, 120.58, 2300.0),
    ("Nantong", "Jiangsu", 32.03, 120.87, 2273.0),
    ("Baoshan", "Shanghai", 31.41, 121.49, 2266.0),
    ("Yantai", "Shandong", 37.48, 121.44, 2228.0),
    ("Zhuhai", "Guangdong", 22.28, 113.57, 2207.0),
    ("Baotou", "Nei Mongol", 40.65, 109.84, 2150.0),
    ("Qingyang", "Gansu", 35.71, 107.64, 2125.0),
    ("Kunshan", "Jiangsu", 31.38, 120.95, 2092.0),
    ("Weifang", "Shandong", 36.71, 119.10, 2044.0),
    ("Zunyi", "Guizhou", 27.69, 106.91, 2038.0),
    ("Lianyungang", "Jiangsu", 34.60, 119.22, 2001.0),
    ("Ganzhou", "Jiangxi", 25.85, 114.93, 1977.0),
    ("Songjiang", "Shanghai", 31.03, 121.22, 1974.0),
    ("Ordos", "Nei Mongol", 39.61, 109.78, 1941.0),
    ("Jieyang", "Guangdong", 23.54, 116.37, 1899.0),
    ("Jilin", "Jilin", 43.85, 126.56, 1896.0),
    ("Jiading", "Shanghai", 31.39, 121.24, 1886.0),
    ("Shangqiu", "Henan", 34.41, 115.66, 1860.0),
    ("Nanchong", "Sichuan", 30.80, 106.08, 1859.0),
    ("Datong", "Shanxi", 40.09, 113.29, 1850.0),
    ("Nanyang", "Henan", 33.01, 112.55, 1812.0),
    ("Jiangmen", "Guangdong", 22.58, 113.08, 1795.0),
    ("Jiangyin", "Jiangsu", 31.91, 120.26, 1780.0),
    ("Fuyang", "Anhui", 32.90, 115.82, 1769.0),
    ("Bayan Nur", "Nei Mongol", 40.74, 107.39, 1760.0),
    ("Chaozhou", "Guangdong", 23.65, 116.62, 1751.0),
    ("Qingyuan", "Guangdong", 23.70, 113.03, 1738.0),
    ("Tai’an", "Shandong", 36.19, 117.12, 1735.0),
    ("Xining", "Qinghai", 36.63, 101.76, 1677.0),
    ("Changshu", "Jiangsu", 31.65, 120.74, 1677.0),
    ("Huainan", "Anhui", 32.63, 117.00, 1667.0),
    ("Suzhou", "Anhui", 33.64, 116.98, 1648.0),
    ("Lu’an", "Anhui", 31.74, 116.52, 1644.0),
    ("Yancheng", "Jiangsu", 33.36, 120.16, 1616.0),
    ("Taizhou", "Jiangsu", 32.49, 119.91, 1607.0),
    ("Daqing", "Heilongjiang", 46.58, 125.00, 1604.0),
    ("Wuhu", "Anhui", 31.35, 118.43, 1598.0),
    ("Dazhou", "Sichuan", 31.21, 107.46, 1589.0),
    ("Yangzhou", "Jiangsu", 32.40, 119.44, 1584.0),
    ("Guilin", "Guangxi", 25.28, 110.30, 1572.0),
    ("Zhaoqing", "Guangdong", 23.05, 112.46, 1553.0),
    ("Mianyang", "Sichuan", 31.47, 104.68, 1550.0),
    ("Wanzhou", "Chongqing", 30.76, 108.40, 1546.0),
];

/// All cities, largest first.
pub fn all() -> impl Iterator<Item = City> {
    ROWS.into_iter().map(
        |(name, province, latitude_deg, longitude_deg, thousands)| City {
            name,
            province,
            latitude_deg,
            longitude_deg,
            thousands,
        },
    )
}
